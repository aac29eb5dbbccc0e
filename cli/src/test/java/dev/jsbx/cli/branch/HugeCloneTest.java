package dev.jsbx.cli.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.BlobObjectChecker;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is small in a clone and large to whoever reads it. */
@Timeout(60)
class HugeCloneTest {
    private static final int OBJ_BLOB = 3;

    @TempDir private Path root;
    private GitSandbox box;
    private Path clone;

    @BeforeEach
    void start() throws Exception {
        box = GitSandbox.withCommit(root);
        box.start("fix");
        clone = box.copy();
    }

    private void refused(String reason) throws Exception {
        String tip = box.git(box.host, "rev-parse", "fix");
        assertThatExceptionOfType(BranchException.class)
                .isThrownBy(() -> Branches.bringBack(box.state))
                .withMessageContaining(reason);
        assertThat(box.git(box.host, "rev-parse", "fix")).isEqualTo(tip);
        assertThat(box.git(box.host, "fsck", "--full", "--strict")).isEmpty();
    }

    @Test
    void aLooseObjectThatClaimsGigabytes() throws Exception {
        Path file = clone.resolve(".git/objects/aa/" + "0".repeat(38));
        Files.createDirectories(file.getParent());
        try (OutputStream out = new DeflaterOutputStream(Files.newOutputStream(file))) {
            out.write(("blob " + (10L << 30) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        refused("bytes are too many");
    }

    @Test
    void aPackThatClaimsMoreObjectsThanItHas() throws Exception {
        pack(Integer.MAX_VALUE, blob(1, new byte[] {'x'}));
        refused("is refused");
    }

    @Test
    void aPackedObjectThatClaimsGigabytes() throws Exception {
        pack(1, blob(10L << 30, new byte[1024]));
        refused("is refused");
    }

    @Test
    void aPackedObjectThatIsZerosForGigabytes() throws Exception {
        byte[] zeros = new byte[(int) Quarantine.MAX_OBJECT + 1];
        pack(1, blob(zeros.length, zeros));
        refused("is refused");
    }

    @Test
    void objectsAreCountedTogether() throws Exception {
        ObjectBudget budget = new ObjectBudget(1 << 20);
        byte[] half = new byte[1 << 19];
        BlobObjectChecker first = budget.newBlobObjectChecker();
        first.update(half, 0, half.length);
        first.endBlob(ObjectId.zeroId());
        budget.check(ObjectId.zeroId(), Constants.OBJ_BLOB, half);
        assertThatExceptionOfType(CorruptObjectException.class)
                .isThrownBy(
                        () -> budget.check(ObjectId.zeroId(), Constants.OBJ_BLOB, new byte[] {1}))
                .withMessageContaining("over 1 MiB together");
    }

    @Test
    void treesThatMultiply() throws Exception {
        String tree = treeOfOneFile();
        for (int i = 0; i < 10; i++) {
            ByteArrayOutputStream ten = new ByteArrayOutputStream();
            for (int j = 0; j < 10; j++) {
                ten.write(entry("40000", "d" + j, tree));
            }
            tree = PlantedObject.write(clone, "tree", ten.toByteArray());
        }
        commit(tree);
        refused("it has over 5000000 files");
    }

    @Test
    void directoriesWithoutAnEnd() throws Exception {
        String tree = treeOfOneFile();
        for (int i = 0; i <= TreeBounds.MAX_DEPTH + 1; i++) {
            tree = PlantedObject.write(clone, "tree", entry("40000", "d", tree));
        }
        commit(tree);
        refused("its directories are over 500 deep");
    }

    private String treeOfOneFile() throws Exception {
        String blob = PlantedObject.write(clone, "blob", new byte[] {'x'});
        return PlantedObject.write(clone, "tree", entry("100644", "file", blob));
    }

    private void commit(String tree) throws Exception {
        String who = " a <a@b> 1 +0000\n";
        String text = "tree " + tree + "\nauthor" + who + "committer" + who + "\nlarge\n";
        String id = PlantedObject.write(clone, "commit", text.getBytes(StandardCharsets.UTF_8));
        Files.writeString(clone.resolve(".git/refs/heads/fix"), id + "\n");
    }

    private static byte[] entry(String mode, String name, String id) {
        byte[] head = (mode + " " + name + "\0").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(head.length + 20)
                .put(head)
                .put(HexFormat.of().parseHex(id))
                .array();
    }

    // gitformat-pack: 4 bits of the size with the type, then 7 at a time.
    private static byte[] blob(long size, byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = size >> 4;
        out.write((int) (OBJ_BLOB << 4 | size & 15 | (rest > 0 ? 0x80 : 0)));
        for (; rest > 0; rest >>= 7) {
            out.write((int) (rest & 0x7f | (rest > 0x7f ? 0x80 : 0)));
        }
        try (OutputStream deflated = new DeflaterOutputStream(out, new Deflater(1))) {
            deflated.write(content);
        }
        return out.toByteArray();
    }

    private void pack(int claimed, byte[] object) throws Exception {
        ByteBuffer pack = ByteBuffer.allocate(12 + object.length + 20);
        pack.put("PACK".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(claimed).put(object);
        MessageDigest sha = MessageDigest.getInstance("SHA-1");
        sha.update(pack.array(), 0, pack.position());
        pack.put(sha.digest());
        Path file = clone.resolve(".git/objects/pack/pack-" + "1".repeat(40) + ".pack");
        Files.write(file, pack.array());
    }
}
