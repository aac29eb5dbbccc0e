package dev.jsbx.cli.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;

/** An SSH server that lets anybody in, and whose one command is to say the digest of its input. */
final class DigestSshServer implements AutoCloseable {
    private final SshServer server = SshServer.setUpDefaultServer();

    DigestSshServer() throws IOException {
        server.setHost("127.0.0.1");
        SimpleGeneratorHostKeyProvider keys = new SimpleGeneratorHostKeyProvider();
        keys.setAlgorithm("EC");
        keys.setKeySize(256);
        server.setKeyPairProvider(keys);
        server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
        server.setCommandFactory((channel, command) -> new Digest(command));
        server.start();
    }

    int port() {
        return server.getPort();
    }

    private static final class Digest extends AbstractCommandSupport {
        Digest(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                byte[] hash = digest.digest(getInputStream().readAllBytes());
                String text = HexFormat.of().formatHex(hash);
                getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                getOutputStream().flush();
                onExit(0);
            } catch (IOException | NoSuchAlgorithmException e) {
                onExit(1, e.toString());
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }
}
