package dev.jsbx.cli.rehearsal;

import dev.jsbx.cli.net.NetworkSpec;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.vhostuser.NetServer;
import dev.jsbx.netstack.policy.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A shared directory and a network card that guests use, for some seconds; nothing leaves this
 * host's loopback.
 */
public final class DeviceRehearsal {
    private DeviceRehearsal() {}

    /** Serves until nobody wants more. */
    public static void run() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("jsbx-rehearsal");
        try {
            FsRehearsal.run(directory);
            Path policy = directory.resolve("policy.yaml");
            Files.writeString(policy, "mode: locked-down\nrules:\n  - allow: localhost\n");
            NetworkSpec network =
                    new NetworkSpec(
                            "rehearsal", PolicyFile.at(policy), Optional.empty(), NetworkSpec.MTU);
            Path socket = directory.resolve("net");
            try (NetServer server = NetServer.start(network, socket, List.of(), line -> {})) {
                play(socket);
            }
        } finally {
            SandboxStore.delete(directory);
        }
    }

    private static void play(Path socket) throws IOException, InterruptedException {
        Process peer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                GuestPeer.class.getName(),
                                socket.toString())
                        .inheritIO()
                        .start();
        if (peer.waitFor() != 0) {
            throw new IOException("nobody to rehearse with");
        }
    }
}
