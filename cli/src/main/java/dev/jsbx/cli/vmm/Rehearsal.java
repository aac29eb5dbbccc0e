package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.engine.Slot;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.PortSpec;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxPorts;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.SocketDirectory;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.image.store.RehearsalImage;
import dev.jsbx.virtio.blk.BlkDevice;
import dev.jsbx.virtio.blk.DiskImage;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.fs.FsDevice;
import dev.jsbx.virtio.fs.Share;
import dev.jsbx.virtio.rng.RngDevice;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import dev.jsbx.virtio.vsock.VsockDevice;
import dev.jsbx.vmm.linux.FileLock;
import dev.jsbx.vmm.linux.Sockets;
import dev.jsbx.vmm.memory.GuestMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What a command and its VMM process do before there is a guest, for the JVM to remember: locks,
 * sockets, a process, devices that wait for a driver, and a whole life with a guest that ends at
 * once. Needs no image but its own; leaves that and a directory for sandboxes.
 */
public final class Rehearsal implements AutoCloseable {
    private static final long MEMORY = 16 << 20;

    private final SandboxStore store = SandboxStore.open();
    private final SandboxStore.Created created;

    private Rehearsal(
            Path workspace, String engine, NetworkMode network, List<PublishedPort> ports) {
        created =
                store.create(
                        new SandboxConfig(
                                "rehearsal",
                                true,
                                Instant.EPOCH,
                                1,
                                MEMORY,
                                RehearsalImage.NAME,
                                engine,
                                network,
                                false,
                                List.of(Workspace.of(workspace.toString(), false)),
                                "",
                                List.of(),
                                ports,
                                0,
                                SandboxConfig.IDLE));
    }

    // With a port to list, which nothing opens.
    private static Rehearsal ofCommands(Path workspace) {
        PublishedPort port = PortSpec.parse("127.0.0.1:8080:80").toPublish();
        return new Rehearsal(workspace, "qemu", NetworkMode.NONE, List.of(port));
    }

    /**
     * What a command does before its guest calls.
     *
     * @param workspace a directory to share
     */
    public static void command(Path workspace) throws IOException {
        try (Rehearsal rehearsal = ofCommands(workspace)) {
            SocketDirectory.make(rehearsal.sandbox());
            rehearsal.converse();
            rehearsal.startProcess();
        }
    }

    /** Commands for a sandbox that is there. */
    public interface Commands {
        /**
         * @param sandbox its name
         */
        void run(String sandbox) throws Exception;
    }

    /**
     * What commands do with a sandbox that runs. Its guest does whatever it is asked for.
     *
     * @param workspace a directory to share
     */
    public static void commands(Path workspace, Commands commands) throws Exception {
        try (Rehearsal rehearsal = ofCommands(workspace)) {
            SocketDirectory.make(rehearsal.sandbox());
            new SandboxPorts(rehearsal.sandbox()).note(rehearsal.config().ports());
            Process peer =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                    "-XX:TieredStopAtLevel=1",
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    RehearsalPeer.class.getName(),
                                    rehearsal.sandbox().directory().toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try (BufferedReader lines = peer.inputReader(StandardCharsets.UTF_8)) {
                if (!RehearsalPeer.READY.equals(lines.readLine())) {
                    throw new IOException("nobody to rehearse with");
                }
                commands.run(rehearsal.sandbox().name());
            } finally {
                peer.getOutputStream().close(); // which ends it
                peer.onExit().join();
            }
        }
    }

    /**
     * What a VMM process does: on both engines, as far as there is one. The guest is no Linux, and
     * what stands for QEMU on PATH may be another program.
     */
    public static void vmm(Path workspace) throws IOException, InterruptedException {
        RehearsalImage.make(Directories.cache(), RehearsalKernel.elf());
        for (String engine : List.of("qemu", "kvm")) {
            try (Rehearsal rehearsal =
                    new Rehearsal(workspace, engine, NetworkMode.BY_POLICY, List.of())) {
                SocketDirectory.make(rehearsal.sandbox());
                rehearsal.attend(rehearsal.config());
                rehearsal.serve(workspace);
                rehearsal.live();
            }
        }
        Report.parse(Report.mark("rehearsed").line());
    }

    private void live() throws IOException, InterruptedException {
        InputStream none = InputStream.nullInputStream();
        System.setIn(none); // nobody started it, so it ends as soon as all is under way
        try (FileLock run = sandbox().tryRun().orElseThrow();
                GuestMemory memory = GuestMemory.allocate(MEMORY, true)) {
            VmmProcess.rehearse(sandbox(), config());
        } catch (Failure | CompletionException e) {
            // Starts on this host will be slower, or take another engine.
        }
    }

    private Sandbox sandbox() {
        return created.sandbox();
    }

    private SandboxConfig config() {
        return SandboxStore.config(sandbox());
    }

    private void converse() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(sandbox().socket("converse"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            try (SocketChannel one = SocketChannel.open(address);
                    SocketChannel other = listener.accept()) {
                one.write(ByteBuffer.wrap(new byte[] {1}));
                other.read(ByteBuffer.allocate(1));
            }
        }
    }

    private void startProcess() throws IOException {
        Process process =
                new ProcessBuilder("true").redirectError(sandbox().vmmLog().toFile()).start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.readLine();
        }
        process.onExit().join();
    }

    private void serve(Path workspace) throws IOException {
        for (Slot slot : slots(workspace)) {
            Path socket = sandbox().socket(slot.id());
            try (VirtioDevice device = slot.device();
                    VhostUserServer server = VhostUserServer.listen(socket, device, line -> {})) {
                Sockets.connect(socket, false).close();
            }
        }
    }

    // What goes on beside a guest that boots: each of it takes time from the boot.
    private void attend(SandboxConfig config) throws IOException {
        Path socket = sandbox().socket(VmmControl.SOCKET);
        CompletableFuture<MachineEnd> ended = new CompletableFuture<>();
        Sessions sessions = new Sessions(config.idle());
        KeptTerminals terminals = new KeptTerminals(sandbox(), sessions, ended);
        try (LiveSecrets secrets = LiveSecrets.start(sandbox());
                ControlServer server =
                        ControlServer.listen(socket, sessions, ended, terminals, Map.of())) {
            secrets.bindings();
            Sockets.connect(socket, false).close();
        }
    }

    private List<Slot> slots(Path workspace) throws IOException {
        Path disk = Files.write(sandbox().directory().resolve("disk"), new byte[(int) MEMORY / 16]);
        Path vsock = sandbox().socket("vsock");
        return List.of(
                new Slot("a", new BlkDevice(DiskImage.open(disk, false), "disk", 1, line -> {})),
                new Slot("b", new RngDevice()),
                new Slot("c", new VsockDevice(VsockDevice.FIRST_GUEST_CID, vsock, line -> {})),
                new Slot("d", new FsDevice("share", 1, Share.of(workspace).readOnly(true))));
    }

    @Override
    public void close() throws IOException {
        try (FileLock setup = created.setup()) {
            store.remove(sandbox());
        }
    }
}
