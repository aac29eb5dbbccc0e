package dev.jsbx.cli.rehearsal;

import dev.jsbx.cli.vhostuser.FsServer;
import dev.jsbx.virtio.fs.Share;
import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.vhostuser.FrontEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A shared directory that a guest uses: names, files that are made, written, read and removed, and
 * listings. The guest is played in this process, since there is little to it.
 */
final class FsRehearsal {
    /** So many that all of a request is compiled for good, in a second or two. */
    private static final int ROUNDS = 1500;

    private static final int LISTED_EVERY = 10;
    private static final int O_RDWR = 2;
    private static final int MODE = 0644;
    private static final int BLOCK = 4096;
    private static final int MOST_FORGOTTEN = 8;

    private final FuseDriver forgets;
    private final FuseDriver requests;
    private int unforgotten;

    private FsRehearsal(FuseDriver forgets, FuseDriver requests) {
        this.forgets = forgets;
        this.requests = requests;
    }

    /**
     * Serves a directory to itself.
     *
     * @param directory for the socket and for what is shared
     */
    static void run(Path directory) throws IOException {
        Path shared = Files.createDirectory(directory.resolve("share"));
        Path socket = directory.resolve("fs");
        long features = RingFeatures.VIRTIO_F_INDIRECT_DESC;
        try (FsServer server = FsServer.start("share", socket, Share.of(shared), line -> {});
                FrontEnd machine = FrontEnd.connect(socket, FuseDriver.MEMORY, features);
                FuseDriver forgets = new FuseDriver(machine, 0);
                FuseDriver requests = new FuseDriver(machine, 1)) {
            new FsRehearsal(forgets, requests).play();
        }
    }

    private void play() {
        begin();
        for (int i = 0; i < ROUNDS; i++) {
            file("file" + i);
            if (i % LISTED_EVERY == 0) {
                list();
            }
        }
        forgets.await();
    }

    private void begin() {
        requests.begin(Opcode.FUSE_INIT, 0, In.Init.SIZE_EXT);
        requests.u32(In.Init.MAJOR, Fuse.FUSE_KERNEL_VERSION);
        requests.u32(In.Init.MINOR, Fuse.FUSE_KERNEL_MINOR_VERSION);
        requests.u32(In.Init.FLAGS, -1);
        requests.ask();
    }

    private void file(String name) {
        named(Opcode.FUSE_LOOKUP, In.Header.SIZE, name);
        requests.ask();
        named(Opcode.FUSE_CREATE, In.Create.SIZE, name);
        requests.u32(In.Create.FLAGS, O_RDWR);
        requests.u32(In.Create.MODE, MODE);
        requests.ask();
        long node = requests.reply64(Out.Entry.NODEID);
        long handle = requests.reply64(Out.Entry.SIZE + Out.Open.FH);
        requests.begin(Opcode.FUSE_WRITE, node, In.Write.SIZE);
        requests.u64(In.Write.FH, handle);
        requests.u32(In.Write.BYTES, BLOCK);
        requests.askWithData(BLOCK);
        release(Opcode.FUSE_RELEASE, node, handle);
        attributes(node);
        open(node);
        named(Opcode.FUSE_UNLINK, In.Header.SIZE, name);
        requests.ask();
        attributes(Fuse.FUSE_ROOT_ID);
        forget(node);
    }

    private void attributes(long node) {
        requests.begin(Opcode.FUSE_GETATTR, node, In.Getattr.SIZE);
        requests.ask();
        if (node != Fuse.FUSE_ROOT_ID) {
            requests.begin(Opcode.FUSE_SETATTR, node, In.Setattr.SIZE);
            requests.u32(In.Setattr.VALID, Fuse.FATTR_MODE);
            requests.u32(In.Setattr.MODE, MODE);
            requests.ask();
            requests.begin(Opcode.FUSE_GETXATTR, node, In.Getxattr.SIZE);
            requests.name("security.capability");
            requests.ask();
        }
    }

    private void open(long node) {
        requests.begin(Opcode.FUSE_OPEN, node, In.Open.SIZE);
        requests.u32(In.Open.FLAGS, O_RDWR);
        requests.ask();
        long handle = requests.reply64(Out.Open.FH);
        read(Opcode.FUSE_READ, node, handle);
        requests.begin(Opcode.FUSE_FLUSH, node, In.Flush.SIZE);
        requests.u64(In.Flush.FH, handle);
        requests.ask();
        release(Opcode.FUSE_RELEASE, node, handle);
    }

    private void list() {
        requests.begin(Opcode.FUSE_OPENDIR, Fuse.FUSE_ROOT_ID, In.Open.SIZE);
        requests.ask();
        long handle = requests.reply64(Out.Open.FH);
        read(Opcode.FUSE_READDIR, Fuse.FUSE_ROOT_ID, handle);
        read(Opcode.FUSE_READDIRPLUS, Fuse.FUSE_ROOT_ID, handle);
        release(Opcode.FUSE_RELEASEDIR, Fuse.FUSE_ROOT_ID, handle);
    }

    private void named(int opcode, int size, String name) {
        requests.begin(opcode, Fuse.FUSE_ROOT_ID, size);
        requests.name(name);
    }

    private void read(int opcode, long node, long handle) {
        requests.begin(opcode, node, In.Read.SIZE);
        requests.u64(In.Read.FH, handle);
        requests.u32(In.Read.BYTES, BLOCK);
        requests.ask();
    }

    private void release(int opcode, long node, long handle) {
        requests.begin(opcode, node, In.Release.SIZE);
        requests.u64(In.Release.FH, handle);
        requests.ask();
    }

    /** Nobody waits for one, so several are under way, as a guest's are. */
    private void forget(long node) {
        forgets.begin(Opcode.FUSE_FORGET, node, In.Forget.SIZE);
        forgets.u64(In.Forget.NLOOKUP, 1);
        forgets.offer();
        if (++unforgotten == MOST_FORGOTTEN) {
            forgets.await();
            unforgotten = 0;
        }
    }
}
