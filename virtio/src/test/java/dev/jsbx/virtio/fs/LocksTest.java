package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static dev.jsbx.virtio.fuse.Opcode.FUSE_GETLK;
import static dev.jsbx.virtio.fuse.Opcode.FUSE_SETLK;
import static dev.jsbx.vmm.linux.Errno.EAGAIN;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.RecordLock.F_RDLCK;
import static dev.jsbx.vmm.linux.RecordLock.F_UNLCK;
import static dev.jsbx.vmm.linux.RecordLock.F_WRLCK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.fs.FuseClient.Reply;
import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.Out;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks among the guest's processes, and against a process of the host. */
class LocksTest {
    private static final int O_RDWR = 2;
    private static final long END = Long.MAX_VALUE;
    private static final int FLOCK = 1;

    @TempDir Path directory;
    private FuseClient guest;
    private long node;
    private long handle;

    @BeforeEach
    void share() throws IOException {
        Files.writeString(directory.resolve("file"), "x");
        guest = new FuseClient(Share.of(directory));
        node = guest.lookup(ROOT, "file").node();
        handle = guest.open(node, O_RDWR).handle();
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private int lock(long owner, int type, long start, long end) {
        return guest.lock(FUSE_SETLK, handle, owner, type, start, end, 0).error();
    }

    @Test
    void ownersExcludeEachOtherByRange() {
        assertThat(lock(1, F_WRLCK, 10, 19)).isZero();
        assertThat(lock(1, F_RDLCK, 15, 30)).isZero();
        assertThat(lock(2, F_WRLCK, 0, 9)).isZero();
        assertThat(lock(2, F_RDLCK, 15, 40)).isZero();
        assertThat(lock(2, F_RDLCK, 14, 14)).isEqualTo(-EAGAIN);
        assertThat(lock(2, F_WRLCK, 20, END)).isEqualTo(-EAGAIN);
        assertThat(lock(1, F_UNLCK, 0, END)).isZero();
        assertThat(lock(2, F_WRLCK, 0, END)).isZero();
        assertThat(lock(1, F_RDLCK, 5, 4)).isEqualTo(-EINVAL);
        assertThat(lock(1, 7, 0, 4)).isEqualTo(-EINVAL);
    }

    @Test
    void tellsWhoHoldsALock() {
        lock(1, F_WRLCK, 10, 19);
        Reply found = guest.lock(FUSE_GETLK, handle, 2, F_RDLCK, 0, END, 0);
        assertThat(found.payload().getInt(Out.Lk.TYPE)).isEqualTo(F_WRLCK);
        assertThat(found.payload().getLong(Out.Lk.START)).isEqualTo(10);
        assertThat(found.payload().getLong(Out.Lk.END)).isEqualTo(19);
        assertThat(found.payload().getInt(Out.Lk.PID)).isEqualTo(101);
        Reply own = guest.lock(FUSE_GETLK, handle, 1, F_WRLCK, 0, END, 0);
        assertThat(own.payload().getInt(Out.Lk.TYPE)).isEqualTo(F_UNLCK);
    }

    @Test
    void closingGivesLocksBack() {
        lock(1, F_WRLCK, 0, END);
        assertThat(guest.flush(handle, 2).error()).isZero();
        assertThat(lock(2, F_WRLCK, 0, END)).isEqualTo(-EAGAIN);
        assertThat(guest.flush(handle, 1).error()).isZero();
        assertThat(lock(2, F_WRLCK, 0, END)).isZero();
        guest.release(handle);
        handle = guest.open(node, O_RDWR).handle();
        assertThat(lock(3, F_WRLCK, 0, END)).isZero();
    }

    @Test
    void wholeFileLocksBelongToTheOpenFile() {
        long other = guest.open(node, O_RDWR).handle();
        assertThat(guest.lock(FUSE_SETLK, handle, 1, F_WRLCK, 0, END, FLOCK).error()).isZero();
        assertThat(guest.lock(FUSE_SETLK, other, 1, F_RDLCK, 0, END, FLOCK).error())
                .isEqualTo(-EAGAIN);
        assertThat(guest.lock(FUSE_SETLK, handle, 1, F_RDLCK, 0, END, FLOCK).error()).isZero();
        assertThat(guest.lock(FUSE_SETLK, other, 1, F_RDLCK, 0, END, FLOCK).error()).isZero();
        guest.release(handle);
        assertThat(guest.lock(FUSE_SETLK, other, 1, F_WRLCK, 0, END, FLOCK).error()).isZero();
    }

    @Test
    void locksMayStayTheGuests() {
        long both = Fuse.FUSE_POSIX_LOCKS | Fuse.FUSE_FLOCK_LOCKS;
        assertThat(guest.init(both).payload().getInt(Out.Init.FLAGS)).isEqualTo((int) both);
        try (FuseClient other = new FuseClient(Share.of(directory).guestLocks(true))) {
            assertThat(other.init(both).payload().getInt(Out.Init.FLAGS)).isZero();
            long its = other.lookup(ROOT, "file").node();
            int flags = other.open(its, O_RDWR).payload().getInt(Out.Open.OPEN_FLAGS);
            assertThat(flags & Fuse.FOPEN_NOFLUSH).isNotZero();
        }
        node = guest.lookup(ROOT, "file").node();
        int flags = guest.open(node, O_RDWR).payload().getInt(Out.Open.OPEN_FLAGS);
        assertThat(flags & Fuse.FOPEN_NOFLUSH).isZero();
    }

    @Test
    void theHostsLocksCount() throws Exception {
        String program =
                "import fcntl,sys\nf=open(sys.argv[1],'r+')\nfcntl.lockf(f,fcntl.LOCK_EX,5,10)\n"
                        + "fcntl.flock(f,fcntl.LOCK_EX)\nprint('held',flush=True)\nsys.stdin.read()";
        Process host =
                new ProcessBuilder("python3", "-c", program, directory.resolve("file").toString())
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader out = host.inputReader()) {
            assertThat(out.readLine()).isEqualTo("held");
            assertThat(lock(1, F_RDLCK, 0, 9)).isZero();
            assertThat(lock(1, F_RDLCK, 12, 12)).isEqualTo(-EAGAIN);
            assertThat(guest.lock(FUSE_SETLK, handle, 1, F_RDLCK, 0, END, FLOCK).error())
                    .isEqualTo(-EAGAIN);
            Reply found = guest.lock(FUSE_GETLK, handle, 1, F_WRLCK, 0, END, 0);
            assertThat(found.payload().getLong(Out.Lk.START)).isEqualTo(10);
            assertThat(found.payload().getInt(Out.Lk.PID)).isZero();
            host.getOutputStream().close();
            host.waitFor();
            assertThat(lock(1, F_WRLCK, 0, END)).isZero();
        } finally {
            host.destroyForcibly();
        }
    }
}
