package dev.jsbx.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarExtractorTest {
    @TempDir Path dir;
    private Path into;
    private Path outside;

    @BeforeEach
    void places() throws IOException {
        into = Files.createDirectory(dir.resolve("into"));
        outside = Files.createDirectory(dir.resolve("outside"));
    }

    @Test
    void aTreeComesBackAsItWentAway() throws Exception {
        Path tree = Files.createDirectories(dir.resolve("tree/ä/deep")).getParent().getParent();
        Files.writeString(tree.resolve("ä/deep/" + "n".repeat(200)), "long");
        Path tool = Files.writeString(tree.resolve("tool"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/passwd"));
        Files.createDirectory(tree.resolve("empty"));
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        TarPacker.pack(tree, "tree", false, 1000, archive);

        TarExtractor.extract(new ByteArrayInputStream(archive.toByteArray()), into, "copy");

        Path copy = into.resolve("copy");
        assertThat(Files.readString(copy.resolve("ä/deep/" + "n".repeat(200)))).isEqualTo("long");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(copy.resolve("tool"))))
                .isEqualTo("rwxr-x--x");
        assertThat(Files.getLastModifiedTime(copy.resolve("tool")).toMillis() / 1000)
                .isEqualTo(Files.getLastModifiedTime(tool).toMillis() / 1000);
        assertThat(Files.readSymbolicLink(copy.resolve("link"))).isEqualTo(Path.of("/etc/passwd"));
        assertThat(copy.resolve("empty")).isEmptyDirectory();
        assertThat(into.toFile().list()).containsExactly("copy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/x", "../x", "a/../../x", "a/..", ".."})
    void namesThatLeaveTheDestinationAreRefused(String name) throws IOException {
        Archive archive = new Archive();
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        archive.put(entry, "evil");
        refused(archive, "is refused");
        assertThat(outside).isEmptyDirectory();
        assertThat(dir.resolve("x")).doesNotExist();
    }

    @Test
    void aLinkOfTheArchiveIsNotWalkedThrough() throws IOException {
        Archive archive = new Archive();
        archive.link("dir", TarConstants.LF_SYMLINK, outside.toString());
        archive.put(new TarArchiveEntry("dir/evil"), "evil");
        refused(archive, "a file or link is in the way");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aLinkThatWasThereIsReplacedAndNotWrittenThrough() throws IOException {
        Path victim = Files.writeString(outside.resolve("victim"), "mine");
        Files.createSymbolicLink(into.resolve("file"), victim);
        Archive archive = new Archive();
        archive.put(new TarArchiveEntry("file"), "theirs");
        archive.extract();
        assertThat(Files.readString(victim)).isEqualTo("mine");
        assertThat(Files.readString(into.resolve("file"))).isEqualTo("theirs");
    }

    @Test
    void hardLinksReachNoFileOutside() throws IOException {
        Files.writeString(outside.resolve("secret"), "secret");
        Archive archive = new Archive();
        archive.link("out", TarConstants.LF_SYMLINK, outside.toString());
        archive.link("stolen", TarConstants.LF_LINK, "out/secret");
        refused(archive, "a file or link is in the way");
        Archive absolute = new Archive();
        absolute.link("stolen", TarConstants.LF_LINK, outside + "/secret");
        refused(absolute, "is refused");
        Archive good = new Archive();
        good.put(new TarArchiveEntry("one"), "content");
        good.link("two", TarConstants.LF_LINK, "one");
        good.extract();
        assertThat(Files.readString(into.resolve("two"))).isEqualTo("content");
    }

    @Test
    void devicesAndPipesAreRefused() throws IOException {
        for (byte type :
                new byte[] {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO}) {
            Archive archive = new Archive();
            archive.link("node", type, "");
            refused(archive, "no file, directory or link");
        }
        assertThat(into).isEmptyDirectory();
    }

    @Test
    void setUserIdBitsStayBehind() throws IOException {
        Archive archive = new Archive();
        TarArchiveEntry entry = new TarArchiveEntry("su");
        entry.setMode(06755);
        archive.put(entry, "x");
        archive.extract();
        assertThat(Files.getAttribute(into.resolve("su"), "unix:mode")).isEqualTo(0100755);
    }

    @Test
    void aDirectoryIsNotReplacedByAFile() throws IOException {
        Files.createDirectories(into.resolve("keep/inner"));
        Archive archive = new Archive();
        archive.put(new TarArchiveEntry("keep"), "x");
        refused(archive, "in the way");
        assertThat(into.resolve("keep/inner")).exists();
    }

    private void refused(Archive archive, String reason) {
        assertThatExceptionOfType(CopyException.class)
                .isThrownBy(archive::extract)
                .withMessageContaining(reason);
    }

    private final class Archive {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

        void put(TarArchiveEntry entry, String content) throws IOException {
            byte[] text = content.getBytes(StandardCharsets.UTF_8);
            entry.setSize(text.length);
            tar.putArchiveEntry(entry);
            tar.write(text);
            tar.closeArchiveEntry();
        }

        void link(String name, byte type, String target) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, type);
            entry.setLinkName(target);
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        }

        void extract() throws IOException {
            tar.finish();
            TarExtractor.extract(new ByteArrayInputStream(bytes.toByteArray()), into, null);
        }
    }
}
