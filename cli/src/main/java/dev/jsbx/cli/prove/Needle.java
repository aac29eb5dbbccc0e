package dev.jsbx.cli.prove;

/**
 * Bytes that tell of a secret.
 *
 * @param form in words, such as {@code base64}
 */
record Needle(String form, byte[] bytes) {}
