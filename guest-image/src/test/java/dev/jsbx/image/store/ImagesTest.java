package dev.jsbx.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.image.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
    @TempDir Path cache;
    private Path directory;
    private Images images;

    @BeforeEach
    void open() throws IOException {
        images = new Images(cache);
        directory = Files.createDirectories(cache.resolve("images"));
    }

    @Test
    void anImageIsFoundWithItsFiles() throws IOException {
        store("one", "kernel", "init", "root");
        Image image = images.find("one").orElseThrow();
        assertThat(Files.readString(image.vmlinux())).isEqualTo("kernel");
        assertThat(image.root()).isPresent();
        assertThat(image.size()).isEqualTo(14);
        assertThat(image.modules()).containsExactly("virtio_mmio");
        assertThat(images.list()).extracting(Image::name).containsExactly("one");
        assertThat(images.find("two")).isEmpty();
        images.verify("one");
    }

    @Test
    void sharedFilesStayUntilTheLastImageGoes() throws IOException {
        store("one", "kernel", "init");
        store("two", "kernel", "other");
        images.remove("one", name -> false);
        assertThat(images.find("two")).isPresent();
        images.remove("two", name -> false);
        assertThat(directory.resolve("blobs")).isEmptyDirectory();
    }

    @Test
    void removalIsRefusedInUseAndForUnknownNames() throws IOException {
        store("one", "kernel", "init");
        refused(() -> images.remove("one", name -> true), "in use");
        refused(() -> images.remove("nope", name -> false), "there is no image nope");
        refused(() -> images.find("../x"), "is no name of an image");
        assertThat(images.find("one")).isPresent();
    }

    @Test
    void damageIsNamedWithItsCure() throws IOException {
        store("one", "kernel", "init");
        Path vmlinux = images.find("one").orElseThrow().vmlinux();
        Files.writeString(vmlinux, "kernal");
        assertThat(images.find("one")).isPresent();
        refused(() -> images.verify("one"), "has other content");
        Files.writeString(vmlinux, "ker");
        refused(() -> images.find("one"), "has 3 of 6 bytes; jsbx image build one");
        Files.delete(vmlinux);
        refused(() -> images.find("one"), "is missing; jsbx image build one");
        Files.writeString(directory.resolve("one.json"), "{\"name\":");
        refused(() -> images.find("one"), "cannot be read");
    }

    @Test
    void debrisOfAnInterruptedBuildGoesWithTheNextChange() throws IOException {
        store("one", "kernel", "init");
        Files.createDirectories(directory.resolve("new-123/tree"));
        Files.writeString(directory.resolve("blobs/" + "0".repeat(64)), "half");
        images.remove("one", name -> false);
        assertThat(directory.resolve("new-123")).doesNotExist();
        assertThat(directory.resolve("blobs")).isEmptyDirectory();
    }

    private void store(String name, String... contents) throws IOException {
        Blobs blobs = new Blobs(directory.resolve("blobs"));
        String[] roles = {"vmlinux", "initramfs", "root"};
        Map<String, Manifest.Blob> files = new java.util.LinkedHashMap<>();
        for (int i = 0; i < contents.length; i++) {
            String hash = blobs.put(directory, contents[i].getBytes());
            files.put(roles[i], new Manifest.Blob(hash, contents[i].length()));
        }
        Manifest manifest =
                new Manifest(
                        name, "recipe", 0, Instant.now(), "6.1", List.of("virtio_mmio"), files);
        Files.writeString(directory.resolve(name + ".json"), manifest.write());
    }

    private static void refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String reason) {
        assertThatExceptionOfType(ImageException.class)
                .isThrownBy(call)
                .withMessageContaining(reason);
    }
}
