package dev.jsbx.bench.secret;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of this benchmark that listens on a port. */
record Served(Process process, int port) implements AutoCloseable {
    /** Starts a class of this benchmark, which says its port. */
    static Served java(Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String port = out.readLine();
        if (port == null || !port.matches("\\d{1,5}")) {
            process.destroyForcibly();
            throw new IOException(main.getSimpleName() + " did not start: " + port);
        }
        return new Served(process, Integer.parseInt(port));
    }

    /** Has this process end when the one that started it does: its standard input ends then. */
    static void endWithStarter() {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                System.in.readAllBytes();
                            } catch (IOException e) {
                                // Over, too.
                            }
                            System.exit(0);
                        });
    }

    /** CPU time that it has used, in user and kernel mode. */
    long cpuNanos() {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
