package dev.jsbx.bench.start;

import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.image.store.Image;
import dev.jsbx.image.store.Images;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** QEMU's microvm with the kernel and initramfs that jsbx boots, without jsbx. */
final class BareQemu {
    private static final long PATIENCE_SECONDS = 120;

    private BareQemu() {}

    static Image image() throws IOException {
        return new Images(Directories.cache())
                .find("minimal")
                .orElseThrow(() -> new IOException("no image minimal: jsbx image build minimal"));
    }

    /**
     * @param accelerator as QEMU's {@code -accel} takes it
     * @param more devices, and what else the machine is to have
     */
    static List<String> command(
            Image image, String accelerator, String processor, String commandLine, String... more) {
        List<String> line = new ArrayList<>();
        line.add("qemu-system-x86_64");
        line.addAll(List.of("-M", "microvm,x-option-roms=off,isa-serial=on,memory-backend=mem"));
        line.addAll(List.of("-global", "virtio-mmio.force-legacy=false"));
        line.addAll(List.of("-object", "memory-backend-memfd,id=mem,size=512M,share=on"));
        line.addAll(List.of("-m", "512M", "-smp", "1"));
        line.addAll(List.of("-accel", accelerator, "-cpu", processor));
        line.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"));
        line.addAll(List.of("-kernel", image.vmlinux().toString()));
        line.addAll(List.of("-initrd", image.initramfs().toString()));
        line.addAll(List.of("-append", commandLine, "-serial", "null"));
        line.addAll(List.of(more));
        return line;
    }

    /** Milliseconds of a machine that ends by itself. */
    static double wholeLife(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process qemu =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!qemu.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            qemu.destroyForcibly();
            throw new IOException("QEMU did not end within " + PATIENCE_SECONDS + " s");
        }
        return (System.nanoTime() - start) / 1e6;
    }
}
