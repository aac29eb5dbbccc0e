package dev.jsbx.cli.engine;

import dev.jsbx.virtio.balloon.BalloonDevice;
import dev.jsbx.virtio.fs.FsDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * QEMU's command line for a machine: its {@code microvm} type without anything that jsbx has a
 * device of its own for.
 *
 * <p>Shared directories are on PCI, everything else is not: only there has each queue an interrupt
 * of its own, which reaches the CPU whose requests the queue takes. A device on virtio-mmio has one
 * interrupt for all, and a program on any other CPU than that is woken across CPUs, for each
 * request, which takes two to three times as long.
 */
final class QemuArguments {
    private static final long MIB = 1 << 20;

    /** Entries of a shared directory's queue: a request of 1 MiB takes 258. */
    private static final int FS_QUEUE_SIZE = 1024;

    private QemuArguments() {}

    static List<String> of(MachineSpec spec, List<Slot> slots) {
        String memory = spec.memory() / MIB + "M";
        List<String> arguments = new ArrayList<>();
        add(
                arguments,
                "-M",
                "microvm,x-option-roms=off,isa-serial=on,memory-backend=mem" + pci(slots));
        // The devices speak virtio 1 only (virtio 1.2 §6: VIRTIO_F_VERSION_1).
        add(arguments, "-global", "virtio-mmio.force-legacy=false");
        // share=on: the devices' process maps the guest's memory, too.
        add(arguments, "-object", "memory-backend-memfd,id=mem,size=" + memory + ",share=on");
        add(arguments, "-m", memory, "-smp", Integer.toString(spec.cpus()));
        add(arguments, "-accel", "tcg,thread=multi", "-cpu", spec.emulated());
        add(arguments, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot");
        add(arguments, "-kernel", spec.kernel().toString());
        add(arguments, "-initrd", spec.initramfs().toString());
        add(arguments, "-append", spec.commandLine());
        add(arguments, "-chardev", "file,id=serial,path=" + escaped(spec.console()));
        add(arguments, "-serial", "chardev:serial");
        add(arguments, "-chardev", "stdio,id=qmp,signal=off", "-mon", "chardev=qmp,mode=control");
        // Not at bus 0: with QEMU 7.2 the interrupts of a disk there never reach the guest.
        int place = 1;
        for (Slot slot : slots) {
            addDevice(arguments, slot, place, spec);
            place += isFs(slot) ? 0 : 1;
        }
        return arguments;
    }

    /** PCI takes a tenth of a second of the start, so there is none without need. */
    private static String pci(List<Slot> slots) {
        boolean wanted = slots.stream().anyMatch(QemuArguments::isFs);
        return wanted ? ",pcie=on" : "";
    }

    private static boolean isFs(Slot slot) {
        return slot.device().type() == FsDevice.VIRTIO_ID_FS;
    }

    private static void addDevice(List<String> arguments, Slot slot, int place, MachineSpec spec) {
        String id = slot.id();
        // The guest finds the places of microvm from the last to the first, and names disks so.
        String bus = ",bus=virtio-mmio-bus." + place;
        if (slot.device().type() == BalloonDevice.VIRTIO_ID_BALLOON) {
            String options = ",free-page-reporting=on,deflate-on-oom=on";
            add(arguments, "-device", "virtio-balloon-device,id=" + id + options + bus);
            return;
        }
        Path socket = spec.sockets().resolve(id);
        add(arguments, "-chardev", "socket,id=c-" + id + ",path=" + escaped(socket));
        switch (slot.device().type()) {
            case 1 -> {
                add(arguments, "-netdev", "vhost-user,id=n-" + id + ",chardev=c-" + id);
                add(arguments, "-device", "virtio-net-device,netdev=n-" + id + bus);
            }
            case 2 -> device(arguments, "vhost-user-blk", id, bus);
            case 4 -> device(arguments, "vhost-user-rng", id, bus);
            case 19 -> device(arguments, "vhost-user-vsock-device", id, bus);
            case FsDevice.VIRTIO_ID_FS -> addFs(arguments, slot, spec.cpus());
            default ->
                    throw new IllegalArgumentException(
                            "QEMU has no vhost-user device of type " + slot.device().type());
        }
    }

    private static void addFs(List<String> arguments, Slot slot, int cpus) {
        String queues = ",num-request-queues=" + cpus + ",queue-size=" + FS_QUEUE_SIZE;
        device(arguments, "vhost-user-fs-pci", slot.id(), ",tag=" + slot.tag() + queues);
    }

    private static void device(List<String> arguments, String type, String id, String options) {
        add(arguments, "-device", type + ",id=" + id + ",chardev=c-" + id + options);
    }

    // In QEMU's option strings a comma is written twice.
    private static String escaped(Path path) {
        return path.toString().replace(",", ",,");
    }

    private static void add(List<String> arguments, String... more) {
        arguments.addAll(List.of(more));
    }
}
