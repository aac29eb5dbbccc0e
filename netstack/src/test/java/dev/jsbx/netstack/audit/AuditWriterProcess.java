package dev.jsbx.netstack.audit;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Ip;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that writes attempts, as fast as it can, until it is through or killed. */
final class AuditWriterProcess {
    private static final Decision ALLOW =
            new Decision(true, Decision.Kind.RULE, "allow a.example (global)", "because");

    private AuditWriterProcess() {}

    public static void main(String[] args) {
        int count = Integer.parseInt(args[2]);
        try (AuditLog log = AuditLog.open(AuditOptions.in(Path.of(args[0])), args[1])) {
            for (int i = 1; i <= count; i++) {
                long number =
                        log.attempt(
                                new Attempt(
                                        "tcp",
                                        "host" + i + ".example",
                                        Ip.parse("192.0.2.7"),
                                        443,
                                        ALLOW,
                                        Via.TRANSPARENT));
                log.end(number, i, 2L * i, 1000, "finished");
            }
        }
    }

    static Process start(Path directory, String sandbox, int count) throws IOException {
        return new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                AuditWriterProcess.class.getName(),
                                directory.toString(),
                                sandbox,
                                String.valueOf(count)))
                .inheritIO()
                .start();
    }
}
