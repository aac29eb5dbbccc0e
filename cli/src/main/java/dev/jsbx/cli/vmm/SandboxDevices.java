package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineSpec;
import dev.jsbx.cli.engine.Slot;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.net.NetworkCard;
import dev.jsbx.cli.sandbox.Layer;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.UpperDisk;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.image.lab.LabContents;
import dev.jsbx.image.store.Image;
import dev.jsbx.virtio.balloon.BalloonDevice;
import dev.jsbx.virtio.blk.BlkDevice;
import dev.jsbx.virtio.blk.DiskImage;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.fs.BadShareException;
import dev.jsbx.virtio.fs.FsDevice;
import dev.jsbx.virtio.fs.Share;
import dev.jsbx.virtio.rng.RngDevice;
import dev.jsbx.virtio.vsock.VsockDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Everything that a sandbox's guest can reach: this list is the boundary. The same for every
 * engine.
 */
final class SandboxDevices implements AutoCloseable {
    private final MachineSpec spec;
    private final NetworkCard card; // or null
    private final List<Slot> slots = new ArrayList<>();

    private SandboxDevices(MachineSpec spec, NetworkCard card) {
        this.spec = spec;
        this.card = card;
    }

    /**
     * Opens a sandbox's files and directories as devices.
     *
     * @param secrets of the sandbox, for its network
     * @throws dev.jsbx.cli.Failure if one cannot be opened
     */
    static SandboxDevices open(
            Sandbox sandbox, SandboxConfig config, boolean console, SecretSource secrets) {
        Image image = ImageAtHand.find(config.image(), true);
        NetworkCard card =
                config.network().card() ? NetworkCard.start(sandbox, config, secrets) : null;
        String network = card == null ? "" : card.kernelParameters();
        List<Layer> layers = image.root().isPresent() ? Layer.of(sandbox) : List.of();
        SandboxDevices devices =
                new SandboxDevices(spec(sandbox, config, image, layers, console, network), card);
        try {
            if (image.root().isPresent()) {
                UpperDisk.make(sandbox);
                devices.addDisk("root", image.root().get(), true, config.cpus());
                devices.addDisk("upper", sandbox.disk(), false, config.cpus());
            }
            for (int i = 0; i < layers.size(); i++) {
                devices.addDisk("layer" + i, layers.get(i).file(), true, config.cpus());
            }
            devices.add("rng", new RngDevice());
            devices.add(
                    "vsk", // its own Unix socket, for the host's connections, is named vsock
                    new VsockDevice(
                            VsockDevice.FIRST_GUEST_CID,
                            sandbox.socket("vsock"),
                            SandboxDevices::log));
            if (card != null) {
                devices.slots.add(new Slot("net", card.device()));
            }
            devices.addShares(config, new GuestSleepers(sandbox));
            devices.add("balloon", new BalloonDevice());
            return devices;
        } catch (RuntimeException e) {
            devices.close();
            throw e;
        }
    }

    private static MachineSpec spec(
            Sandbox sandbox,
            SandboxConfig config,
            Image image,
            List<Layer> layers,
            boolean console,
            String network) {
        return new MachineSpec(
                config.cpus(),
                processor(image),
                config.memory(),
                image.vmlinux(),
                image.initramfs(),
                KernelCommandLine.of(config, image, layers, console, tscKhz(config), network),
                sandbox.consoleLog(),
                sandbox.sockets());
    }

    private void addDisk(String id, Path file, boolean readOnly, int queues) {
        DiskImage disk = DiskImage.open(file, readOnly);
        add(id, new BlkDevice(disk, id, queues, SandboxDevices::log));
    }

    private static void log(String line) {
        System.err.println("jsbx: " + line);
    }

    // TCG executes "rep movsb" byte by byte. Without ERMS (and FSRM) neither kernel nor C library
    // use it for copying: a fork takes half the time.
    private static String processor(Image image) {
        return image.name().equals(LabContents.NAME) ? LabContents.PROCESSOR : "max,-erms,-fsrm";
    }

    private void addShares(SandboxConfig config, GuestSleepers sleepers) {
        int i = 0;
        for (Workspace workspace : config.workspaces()) {
            String tag = KernelCommandLine.tag(i++);
            Share all =
                    workspace.isFile()
                            ? Share.ofFile(workspace.source())
                            : Share.of(workspace.source());
            Share share = all.readOnly(workspace.readOnly());
            if (isGuarded(workspace, config)) {
                share = share.guarded(Share.GIT_COMMANDS);
            }
            try {
                FsDevice device = new FsDevice(tag, config.cpus(), share, config.dax());
                device.ask(sleepers);
                slots.add(new Slot(tag, device, tag));
            } catch (BadShareException e) {
                throw Failure.own(e.getMessage());
            }
        }
    }

    // In a repository that the host's git works in, too: a clone is nobody's but the guest's.
    private static boolean isGuarded(Workspace workspace, SandboxConfig config) {
        return !config.unguarded()
                && workspace.source().equals(workspace.path())
                && Files.exists(workspace.path().resolve(".git"));
    }

    // Under TCG the guest has nothing but a timer to measure its TSC by, which on a busy host fails
    // now and then, and Linux then hangs; so it is told.
    private static long tscKhz(SandboxConfig config) {
        return config.engine().equals("qemu") ? HostTsc.kilohertz() : 0;
    }

    private void add(String id, VirtioDevice device) {
        slots.add(new Slot(id, device));
    }

    /** What commands may ask of the sandbox's ports. */
    PortVerbs ports() {
        return new PortVerbs(card);
    }

    /** Completes, exceptionally, if a device turns out to be of no use. */
    CompletableFuture<Void> failed() {
        return card == null ? new CompletableFuture<>() : card.failed();
    }

    MachineSpec spec() {
        return spec;
    }

    List<Slot> slots() {
        return slots;
    }

    @Override
    public void close() {
        for (Slot slot : slots.reversed()) {
            slot.device().close();
        }
        if (card != null) {
            card.close();
        }
    }
}
