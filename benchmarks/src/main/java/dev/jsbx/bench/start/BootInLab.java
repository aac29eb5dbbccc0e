package dev.jsbx.bench.start;

import dev.jsbx.bench.Median;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.Protocol;
import dev.jsbx.image.store.Image;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import dev.jsbx.virtio.vsock.VsockDevice;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Boots one kernel and initramfs in turns: by jsbx's kvm engine, and by QEMU with KVM, to which
 * this process lends its vsock device: on the kernel's own, the lab's agent listens at the agent's
 * port. Both until the agent's hello; jsbx's guest has devices for files and entropy besides.
 */
final class BootInLab {
    private static final int PAIRS = Integer.getInteger("jsbx.pairs");
    private static final int CID = 3;
    private static final Path JSBX = Path.of("/usr/local/bin/jsbx");

    private final Image image;
    private final String commandLine;

    private BootInLab(Image image, String commandLine) {
        this.image = image;
        this.commandLine = commandLine;
    }

    /** No arguments; prints a table. */
    public static void main(String[] args) throws Exception {
        PrintWriter out = new PrintWriter(System.out, true);
        String theirs =
                Arrays.stream(JsbxRun.of(JSBX, "kvm", "cat", "/proc/cmdline").out().split("\\s+"))
                        .filter(word -> !word.startsWith("jsbx.share="))
                        .collect(Collectors.joining(" "));
        new BootInLab(BareQemu.image(), theirs).compare(out);
        new MemoryFigures(JSBX, "kvm").run(out);
    }

    private void compare(PrintWriter out) throws IOException, InterruptedException {
        Figures guest = new Figures();
        Figures whole = new Figures();
        Map<String, List<Double>> steps = new LinkedHashMap<>();
        for (int i = 0; i < PAIRS; i++) {
            JsbxRun run = JsbxRun.of(JSBX, "kvm", "true");
            guest.ours(run.between("machine", "agent ready"));
            whole.ours(run.between("sandbox made", "agent ready"));
            String before = null;
            for (String point : run.points().keySet()) {
                if (before != null) {
                    steps.computeIfAbsent(point, p -> new ArrayList<>())
                            .add(run.between(before, point));
                }
                before = point;
            }
            whole.theirs(qemu(false));
            guest.theirs(qemu(true));
            out.println("pair " + (i + 1) + ": guest " + guest.last() + ", whole " + whole.last());
        }
        Figures.head(out, "in the lab, medians of " + PAIRS);
        guest.print(out, "guest: first instruction to agent's hello", 1);
        whole.print(out, "VMM process to agent's hello", 1);
        out.println("jsbx's steps, ms:");
        steps.forEach((step, all) -> out.printf("  %8.0f  %s%n", Median.of(all), step));
    }

    // Milliseconds until the agent's hello, from the first instruction or from QEMU's start.
    private double qemu(boolean fromEntry) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("boot");
        Path hello = directory.resolve("vsock_" + Protocol.PORT);
        Path monitor = directory.resolve("monitor");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                VirtioDevice vsock =
                        new VsockDevice(CID, directory.resolve("vsock"), System.err::println);
                VhostUserServer server =
                        VhostUserServer.listen(
                                directory.resolve("device"), vsock, System.err::println)) {
            listener.bind(UnixDomainSocketAddress.of(hello));
            List<String> command = new ArrayList<>(command(server.path()));
            if (fromEntry) {
                command.addAll(List.of(Monitor.options(monitor)));
            }
            long begin = System.nanoTime();
            Process qemu = start(command);
            try {
                if (fromEntry) {
                    try (Monitor stopped = new Monitor(monitor)) {
                        begin = System.nanoTime();
                        stopped.go();
                    }
                }
                try (SocketChannel channel = listener.accept();
                        AgentConnection agent = new AgentConnection(channel)) {
                    agent.hello();
                    return (System.nanoTime() - begin) / 1e6;
                }
            } finally {
                qemu.destroyForcibly().waitFor();
            }
        } finally {
            Files.deleteIfExists(hello);
            Files.deleteIfExists(monitor);
            Files.delete(directory);
        }
    }

    private List<String> command(Path device) {
        return BareQemu.command(
                image,
                "kvm",
                "host",
                commandLine,
                "-chardev",
                "socket,id=vsock,path=" + device,
                "-device",
                "vhost-user-vsock-device,chardev=vsock");
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).inheritIO().start();
    }
}
