package dev.jsbx.cli.secret;

/**
 * A secret: what it is for, and its value.
 *
 * @param value owned by the holder of this record; null if a command gives it at the time of use
 */
public record Secret(SecretBinding binding, SecretValue value) implements AutoCloseable {
    @Override
    public void close() {
        if (value != null) {
            value.close();
        }
    }
}
