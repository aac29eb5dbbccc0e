package dev.jsbx.cli.secret;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.Mapping;
import dev.jsbx.vmm.linux.MemFd;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command of the user's that prints a secret. What it prints goes to a file in memory, and
 * from there to locked memory: never through this process's heap.
 */
public final class ValueCommand {
    private static final long SECONDS = 60; // some ask for a finger on a key

    private ValueCommand() {}

    /**
     * Runs a command by {@code /bin/sh}.
     *
     * @param name of the secret, for messages
     * @param showErrors whether its standard error is this process's
     * @return the value, of the caller's
     * @throws IOException with a line for the user, if it fails or prints no value
     */
    public static SecretValue run(String name, String command, boolean showErrors)
            throws IOException {
        try (Fd out = MemFd.create("jsbx-secret", 0)) {
            Process process =
                    new ProcessBuilder("/bin/sh", "-c", command)
                            .redirectInput(new File("/dev/null"))
                            .redirectOutput(new File("/proc/self/fd/" + out.number()))
                            .redirectError(
                                    showErrors
                                            ? ProcessBuilder.Redirect.INHERIT
                                            : ProcessBuilder.Redirect.DISCARD)
                            .start();
            await(process, name);
            if (process.exitValue() != 0) {
                throw new IOException(
                        "the command for the secret "
                                + name
                                + " ended with "
                                + process.exitValue()
                                + ": try it by itself");
            }
            return read(out, name);
        }
    }

    private static void await(Process process, String name) throws IOException {
        try {
            if (process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException(
                "the command for the secret " + name + " took more than " + SECONDS + " s");
    }

    private static SecretValue read(Fd out, String name) throws IOException {
        long size = Files.size(out);
        try {
            if (size == 0) {
                throw new IllegalArgumentException("the value is empty");
            }
            if (size > SecretValue.MAX_LENGTH + 2) {
                throw new IllegalArgumentException("the value is longer than 64 KiB");
            }
            try (Mapping printed = Mapping.shared(out, 0, size)) {
                try {
                    return SecretValue.checked(printed.segment().asByteBuffer());
                } finally {
                    printed.segment().fill((byte) 0);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the command for the secret " + name + ": " + e.getMessage(), e);
        }
    }
}
