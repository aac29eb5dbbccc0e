package dev.jsbx.virtio.fs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.memory.MemoryWindow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any bytes at all as requests: each reply is well-formed, nothing is thrown, nothing beside the
 * share changes, and the server goes on to serve.
 */
class FuseFuzzTest {
    private static final int OPCODES = 56;
    private static final int LONGEST = 4096;

    /** The host's disk is not what is tried here. */
    private static final long MOST_ALLOCATED = 1 << 16;

    @FuzzTest
    void answersAnything(FuzzedDataProvider data) throws IOException {
        try (Target target = new Target()) {
            while (data.remainingBytes() > 0) {
                int opcode = data.consumeInt(-1, OPCODES);
                long node = data.consumeBoolean() ? target.node : data.consumeLong(0, 8);
                long handle = data.consumeBoolean() ? target.handle : data.consumeLong();
                int room = data.consumeInt(0, LONGEST);
                int stated = data.consumeInt(-4, 4);
                byte[] body = data.consumeBytes(data.consumeInt(0, LONGEST));
                target.send(opcode, node, handle, body, room, stated);
            }
            target.checkAlive();
        }
    }

    /** The same with chance in place of a fuzzer, for every run; says its seed if it fails. */
    @Test
    void answersWhatChanceBrings() throws IOException {
        long seed = Long.getLong("jsbx.seed", System.nanoTime());
        Random random = new Random(seed);
        try (Target target = new Target()) {
            for (int i = 0; i < 8_000; i++) {
                int opcode = random.nextInt(OPCODES) - 1;
                byte[] body = new byte[random.nextInt(i % 50 == 0 ? LONGEST : 120)];
                random.nextBytes(body);
                if (random.nextBoolean()) {
                    makePlausible(body, random);
                }
                long node = random.nextInt(4) > 0 ? target.node : random.nextInt(6);
                long handle = random.nextInt(4) > 0 ? target.handle : random.nextLong();
                int room = random.nextInt(3) == 0 ? random.nextInt(200) : LONGEST;
                target.send(opcode, node, handle, body, room, random.nextInt(8) == 0 ? 1 : 0);
            }
            target.checkAlive();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("with -Djsbx.seed=" + seed, e);
        }
    }

    /** Small numbers, and short names at the end, come further than noise. */
    private static void makePlausible(byte[] body, Random random) {
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i % 4 == 0 ? random.nextInt(8) : 0);
        }
        for (int i = Math.max(0, body.length - 4); i < body.length - 1; i++) {
            body[i] = (byte) ('a' + random.nextInt(3));
        }
    }

    private static void windowLost() {
        throw new AssertionError("the window is lost");
    }

    /** A share with a little in it, beside a file that must stay as it is. */
    private static final class Target implements AutoCloseable {
        private final Path root;
        private final MemoryWindow window =
                MemoryWindow.reserve(4L << 30, 8 << 20, FuseFuzzTest::windowLost);
        private final FuseClient guest;
        private long node = FuseClient.ROOT;
        private long handle;

        Target() throws IOException {
            Path memory = Path.of("/dev/shm");
            root =
                    Files.isWritable(memory)
                            ? Files.createTempDirectory(memory, "jsbx-fuzz")
                            : Files.createTempDirectory("jsbx-fuzz");
            Path shared = Files.createDirectories(root.resolve("shared/d")).getParent();
            Files.writeString(shared.resolve("file"), "content");
            Files.writeString(root.resolve("beside"), "beside");
            Files.createSymbolicLink(shared.resolve("a"), root.resolve("beside"));
            guest = new FuseClient(Share.of(shared), window);
            node = guest.lookup(FuseClient.ROOT, "file").node();
            handle = guest.open(node, 2).handle();
        }

        void send(int opcode, long node, long handle, byte[] body, int room, int stated) {
            if (opcode == Opcode.FUSE_SYNCFS || opcode == Opcode.FUSE_SETLKW) {
                return; // takes as long as the disk, or another's lock
            }
            ByteBuffer request =
                    ByteBuffer.allocate(In.Header.SIZE + body.length)
                            .order(ByteOrder.LITTLE_ENDIAN);
            request.putInt(In.Header.LEN, request.capacity() + stated);
            request.putInt(In.Header.OPCODE, opcode);
            request.putLong(In.Header.UNIQUE, 77);
            request.putLong(In.Header.NODEID, node);
            request.put(In.Header.SIZE, body);
            if (body.length >= Long.BYTES && usesHandle(opcode)) {
                request.putLong(In.Header.SIZE, handle);
            }
            bound(request, opcode, body.length);
            check(guest.raw(request.array(), room), opcode);
        }

        private static boolean usesHandle(int opcode) {
            return switch (opcode) {
                case Opcode.FUSE_READ,
                        Opcode.FUSE_WRITE,
                        Opcode.FUSE_RELEASE,
                        Opcode.FUSE_FSYNC,
                        Opcode.FUSE_FLUSH,
                        Opcode.FUSE_READDIR,
                        Opcode.FUSE_READDIRPLUS,
                        Opcode.FUSE_GETLK,
                        Opcode.FUSE_SETLK,
                        Opcode.FUSE_FALLOCATE,
                        Opcode.FUSE_LSEEK,
                        Opcode.FUSE_COPY_FILE_RANGE ->
                        true;
                default -> false;
            };
        }

        private static void bound(ByteBuffer request, int opcode, int body) {
            int at =
                    opcode == Opcode.FUSE_FALLOCATE
                            ? In.Fallocate.LENGTH
                            : opcode == Opcode.FUSE_COPY_FILE_RANGE ? In.CopyFileRange.LEN : 0;
            if (at > 0 && at + Long.BYTES <= In.Header.SIZE + body) {
                request.putLong(at, request.getLong(at) % MOST_ALLOCATED);
            }
        }

        private void check(byte[] bytes, int opcode) {
            if (bytes.length == 0) {
                return;
            }
            ByteBuffer reply = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int error = reply.getInt(Out.Header.ERROR);
            assertThat(reply.getInt(Out.Header.LEN))
                    .as("opcode %d", opcode)
                    .isEqualTo(bytes.length);
            assertThat(reply.getLong(Out.Header.UNIQUE)).isEqualTo(77);
            assertThat(error).as("opcode %d", opcode).isBetween(-4095, 0);
            if (error != 0) {
                assertThat(bytes).hasSize(Out.Header.SIZE);
            } else if (opcode == Opcode.FUSE_LOOKUP || opcode == Opcode.FUSE_MKDIR) {
                node = reply.getLong(Out.Header.SIZE + Out.Entry.NODEID);
            } else if (opcode == Opcode.FUSE_OPEN || opcode == Opcode.FUSE_OPENDIR) {
                handle = reply.getLong(Out.Header.SIZE + Out.Open.FH);
            }
        }

        void checkAlive() throws IOException {
            assertThat(guest.init(-1L).error()).isZero();
            assertThat(guest.getattr(FuseClient.ROOT).error()).isZero();
            assertThat(root.resolve("beside")).hasContent("beside");
            try (var names = Files.list(root)) {
                assertThat(names.map(path -> path.getFileName().toString()))
                        .containsExactlyInAnyOrder("shared", "beside");
            }
        }

        @Override
        public void close() throws IOException {
            guest.close();
            window.close();
            try (var all = Files.walk(root)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
