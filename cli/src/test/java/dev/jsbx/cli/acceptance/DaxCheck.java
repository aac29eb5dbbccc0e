package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Files of the shared directory mapped into the guest, through a window that is smaller than they
 * are. Both sides work on the file at once, and the host even takes most of it away meanwhile.
 */
final class DaxCheck {
    private static final int SIZE = 24 << 20;
    private static final int FAR = SIZE - 4096;
    private static final int TRIES = 50;
    private static final String SCRIPT =
            "dmesg | grep -o 'Cache len: [^ ]*'; md5sum < big; md5sum < \"$0/big\";"
                    + " echo > \"$0/big\"; ./map-file big; md5sum < big";

    private final Path workspace;
    private final Process guest;

    private DaxCheck(Path workspace, Process guest) {
        this.workspace = workspace;
        this.guest = guest;
    }

    static Check check() {
        return new Check("files mapped into the guest", DaxCheck::make);
    }

    private static void make(JsbxProgram jsbx) throws Exception {
        Path workspace = jsbx.workspace();
        Files.copy(GuestTools.compiled("map-file"), workspace.resolve("map-file"));
        byte[] content = new byte[SIZE];
        new Random(1).nextBytes(content);
        Path readOnly = Files.createDirectory(workspace.resolveSibling("read-only"));
        Files.write(readOnly.resolve("big"), content);
        Files.write(workspace.resolve("big"), content);
        List<String> run =
                jsbx.run("--dax", "8m", "-u", "root", "-v", readOnly + ":ro", "sh", "-c", SCRIPT);
        run.add(readOnly.toString());
        Process guest = jsbx.start(run);
        JsbxProgram.awaitLine(guest, "Cache len: 0x800000");
        JsbxProgram.awaitLine(guest, hash(content));
        JsbxProgram.awaitLine(guest, hash(content));
        JsbxProgram.awaitLine(guest, "mapped\n");
        DaxCheck check = new DaxCheck(workspace, guest);
        check.seesItself(jsbx);
        check.bothWays(content);
        Result result = JsbxProgram.finish(guest, new byte[0]);
        assertThat(result.out()).contains(hash(Files.readAllBytes(workspace.resolve("big"))));
        assertThat(result.err()).contains("Read-only file system");
        assertThat(Files.readAllBytes(readOnly.resolve("big"))).isEqualTo(content);
    }

    /** That it is mapped, for as long as the guest finds no better use for the window. */
    private void seesItself(JsbxProgram jsbx) throws IOException, InterruptedException {
        int tries = 0;
        do {
            assertThat(++tries).as("writes without a mapping").isLessThan(TRIES);
            say("put 8192 by_guest", "put\n");
            assertThat(mappings(jsbx, "read-only/big")).allMatch(m -> m.equals("r--s"));
        } while (!mappings(jsbx, "ws/big").contains("rw-s"));
    }

    private void bothWays(byte[] content) throws IOException, InterruptedException {
        assertThat(at(8192)).isEqualTo("by_guest");
        put(8192, "by_host_");
        say("get 8192", "[by_host_]\n");
        put(FAR, "far_away");
        say("get " + FAR, "[far_away]\n");
        Files.write(workspace.resolve("big"), new byte[] {1});
        say("get " + FAR, "[]\n"); // where a local program would be killed
        say("put " + FAR + " nowhere_", "put\n");
        Files.write(workspace.resolve("big"), content);
    }

    private void say(String line, String answer) throws IOException, InterruptedException {
        guest.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        guest.getOutputStream().flush();
        JsbxProgram.awaitLine(guest, answer);
    }

    private String at(int offset) throws IOException {
        byte[] word = new byte[8];
        try (RandomAccessFile file = open("r")) {
            file.seek(offset);
            file.readFully(word);
        }
        return new String(word, StandardCharsets.US_ASCII);
    }

    private void put(int offset, String word) throws IOException {
        try (RandomAccessFile file = open("rw")) {
            file.seek(offset);
            file.write(word.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private RandomAccessFile open(String mode) throws IOException {
        return new RandomAccessFile(workspace.resolve("big").toFile(), mode);
    }

    /** How the VMM process has the file mapped, as /proc says it. */
    private static List<String> mappings(JsbxProgram jsbx, String file) throws IOException {
        Path maps = Path.of("/proc/" + jsbx.vmms().getFirst().pid() + "/maps");
        return Files.readAllLines(maps).stream()
                .filter(line -> line.endsWith(file))
                .map(line -> line.split(" ")[1])
                .toList();
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    }
}
