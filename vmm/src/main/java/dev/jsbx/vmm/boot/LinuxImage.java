package dev.jsbx.vmm.boot;

import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.GuestRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What Linux is started from.
 *
 * @param kernel an ELF {@code vmlinux}, or a bzImage, which takes longer
 * @param initrds cpio archives, compressed or not, that the kernel unpacks one after the other; may
 *     be empty
 * @param commandLine printable ASCII, at most 2047 bytes
 */
public record LinuxImage(Path kernel, List<Path> initrds, String commandLine) {
    private static final long PAGE = 0x1000;

    public LinuxImage {
        initrds = List.copyOf(initrds);
    }

    /**
     * Puts everything but the ACPI tables into guest memory, which is still all zero.
     *
     * @return the address of the kernel's first instruction
     * @throws IOException in one line, if a file cannot be read, is no kernel, or does not fit
     */
    public long load(GuestMemory memory) throws IOException {
        ElfKernel loaded = ElfKernel.load(kernel, memory);
        int commandLineSize = writeCommandLine(memory);
        Initrd initrd = loadInitrds(memory, loaded.end());
        ZeroPage.write(memory, initrd.gpa, initrd.size, commandLineSize);
        return loaded.entry();
    }

    private int writeCommandLine(GuestMemory memory) throws IOException {
        byte[] text = commandLine.getBytes(StandardCharsets.UTF_8);
        for (byte b : text) {
            if (b < ' ' || b == 0x7f) {
                throw new IOException(
                        "kernel command line: byte " + (b & 0xff) + " is not printable ASCII");
            }
        }
        if (text.length >= Layout.COMMAND_LINE_SIZE) {
            throw new IOException(
                    "kernel command line: "
                            + text.length
                            + " bytes, but Linux takes at most "
                            + (Layout.COMMAND_LINE_SIZE - 1));
        }
        MemorySegment line = memory.slice(Layout.COMMAND_LINE, text.length + 1L);
        MemorySegment.copy(text, 0, line, ValueLayout.JAVA_BYTE, 0, text.length);
        return text.length;
    }

    private record Initrd(long gpa, long size) {}

    /** To the top of the first region, away from everything that the kernel claims early. */
    private Initrd loadInitrds(GuestMemory memory, long kernelEnd) throws IOException {
        List<KernelFile> files = new ArrayList<>();
        try {
            long size = 0;
            for (Path path : initrds) {
                KernelFile file = KernelFile.open(path, "initrd");
                files.add(file);
                size += padded(file.size());
            }
            GuestRegion low = memory.regions().getFirst();
            long gpa = low.size() - size & -PAGE;
            if (gpa < kernelEnd) {
                throw new IOException(
                        String.format(
                                "guest memory of %d MiB is too small: kernel and initrd need more"
                                        + " than %d MiB; give more with -m",
                                memory.size() >> 20, kernelEnd + size >> 20));
            }
            long at = gpa;
            for (KernelFile file : files) {
                if (!file.read(0, memory.slice(at, file.size()))) {
                    throw new IOException("initrd " + file.name() + ": changed while it was read");
                }
                at += padded(file.size());
            }
            return new Initrd(gpa, size);
        } finally {
            files.forEach(KernelFile::close);
        }
    }

    /** The kernel looks for the next archive at a multiple of 4, after any number of zeros. */
    private static long padded(long size) {
        return size + 3 & -4;
    }
}
