package dev.jsbx.cli.trust;

import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A guest's trust stores. */
public final class GuestTrust {
    /** What OpenSSL calls the authority's subject, which never changes. */
    public static final String SUBJECT_HASH = "930891cc";

    private static final String BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
    private static final String PROGRAM = "/usr/local/sbin/jsbx-trust";
    private static final String CERTIFICATE = "/usr/local/share/ca-certificates/jsbx.crt";
    private static final long SECONDS = 120; // an emulated guest's keytool
    private static final int LINE = 300;

    private GuestTrust() {}

    /** Variables for programs that have trust stores of their own, by name. */
    public static Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String name :
                new String[] {
                    "SSL_CERT_FILE",
                    "REQUESTS_CA_BUNDLE",
                    "CURL_CA_BUNDLE",
                    "GIT_SSL_CAINFO",
                    "AWS_CA_BUNDLE"
                }) {
            variables.put(name, BUNDLE);
        }
        variables.put("NODE_EXTRA_CA_CERTS", CERTIFICATE);
        return variables;
    }

    /**
     * Puts a certificate into the guest's stores, in place of an earlier one.
     *
     * @param agent a fresh connection, closed here
     * @param pem the certificate
     * @param hosts that the Docker Engine may know as registries
     * @throws IOException if the guest could not, with what it says
     */
    public static void deliver(AgentConnection agent, String pem, Collection<String> hosts)
            throws IOException, InterruptedException {
        byte[] script = script(pem, hosts).getBytes(StandardCharsets.UTF_8);
        ExecRequest request = ExecRequest.of("/bin/sh", "-s").withUser("root").withDirectory("/");
        try (Session session = agent.exec(request)) {
            try (OutputStream in = session.stdin()) {
                in.write(script);
            }
            session.stdout().close();
            String words = firstLine(session.stderr());
            ExitStatus status = session.onExit().get(SECONDS, TimeUnit.SECONDS);
            if (status.kind() == ExitStatus.Kind.NOT_STARTED) {
                throw new IOException("/bin/sh: " + status.message());
            }
            if (status.code() != 0) {
                throw new IOException(words.isEmpty() ? "code " + status.code() : words);
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("it took more than " + SECONDS + " s", e);
        }
    }

    private static String firstLine(InputStream from) throws IOException {
        try (from) {
            String text = new String(from.readNBytes(LINE), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
        }
    }

    private static String script(String pem, Collection<String> hosts) throws IOException {
        try (InputStream in = GuestTrust.class.getResourceAsStream("trust.sh")) {
            String script =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .replace("@hash@", SUBJECT_HASH)
                            .replace("@hosts@", String.join(" ", hosts))
                            .replace("@pem@", pem.strip());
            return """
            mkdir -p %3$s && cat > %1$s << 'END OF PROGRAM' && chmod 0755 %1$s && exec /bin/sh %1$s
            #!/bin/sh
            %2$sEND OF PROGRAM
            """
                    .formatted(PROGRAM, script, Path.of(PROGRAM).getParent());
        }
    }
}
