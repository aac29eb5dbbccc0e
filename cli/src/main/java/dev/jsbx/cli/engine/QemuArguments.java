package dev.jsbx.cli.engine;

import dev.jsbx.virtio.balloon.BalloonDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * QEMU's command line for a machine: its {@code microvm} type without anything that jsbx has a
 * device of its own for.
 */
final class QemuArguments {
    private static final long MIB = 1 << 20;

    private QemuArguments() {}

    static List<String> of(MachineSpec spec, List<Slot> slots) {
        String memory = spec.memory() / MIB + "M";
        List<String> arguments = new ArrayList<>();
        add(arguments, "-M", "microvm,x-option-roms=off,isa-serial=on,memory-backend=mem");
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
        for (int i = 0; i < slots.size(); i++) {
            // Not at bus 0: with QEMU 7.2 the interrupts of a disk there never reach the guest.
            addDevice(arguments, slots.get(i), i + 1, spec.sockets());
        }
        return arguments;
    }

    private static void addDevice(List<String> arguments, Slot slot, int place, Path sockets) {
        String id = slot.id();
        // The guest finds the places of microvm from the last to the first, and names disks so.
        String bus = ",bus=virtio-mmio-bus." + place;
        if (slot.device().type() == BalloonDevice.VIRTIO_ID_BALLOON) {
            String options = ",free-page-reporting=on,deflate-on-oom=on";
            add(arguments, "-device", "virtio-balloon-device,id=" + id + options + bus);
            return;
        }
        Path socket = sockets.resolve(id);
        add(arguments, "-chardev", "socket,id=c-" + id + ",path=" + escaped(socket));
        switch (slot.device().type()) {
            case 1 -> {
                add(arguments, "-netdev", "vhost-user,id=n-" + id + ",chardev=c-" + id);
                add(arguments, "-device", "virtio-net-device,netdev=n-" + id + bus);
            }
            case 2 -> device(arguments, "vhost-user-blk", id, bus);
            case 4 -> device(arguments, "vhost-user-rng", id, bus);
            case 19 -> device(arguments, "vhost-user-vsock-device", id, bus);
            case 26 -> device(arguments, "vhost-user-fs-device", id, bus + ",tag=" + slot.tag());
            default ->
                    throw new IllegalArgumentException(
                            "QEMU has no vhost-user device of type " + slot.device().type());
        }
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
