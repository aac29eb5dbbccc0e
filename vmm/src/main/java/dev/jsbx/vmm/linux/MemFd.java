package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;

/** Files that live in memory ({@code memfd_create(2)}), to be shared by passing the descriptor. */
public final class MemFd {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_HUGETLB = 4;
    private static final int MFD_HUGE_2MB = 21 << 26;

    private MemFd() {}

    /**
     * A zeroed file of {@code size} bytes on ordinary pages.
     *
     * @param name shown in /proc, for people
     */
    public static Fd create(String name, long size) {
        return create(name, size, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    }

    /**
     * The same on 2 MiB pages of hugetlbfs; {@code size} must be a multiple of 2 MiB.
     *
     * @throws LinuxException where the host has no such pages set aside
     */
    public static Fd createHuge(String name, long size) {
        return create(name, size, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB | MFD_HUGE_2MB);
    }

    private static Fd create(String name, long size, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long fd = Syscall.call(Syscall.MEMFD_CREATE, CString.of(arena, name).address(), flags);
            Fd owned = Fd.owning((int) Syscall.check(fd, "memfd_create(\"%s\", %#x)", name, flags));
            try {
                Files.truncate(owned, size);
                return owned;
            } catch (LinuxException e) {
                owned.close();
                throw e;
            }
        }
    }
}
