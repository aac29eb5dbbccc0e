package dev.jsbx.cli.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.vmm.memory.GuestMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every planted form is found, wherever it lies, and nothing else is. */
class ProofTest {
    private static final String VALUE = "s3cr3t/\"k&y+\\=é-0123456789";
    private static final long MIB = 1 << 20;
    @TempDir Path dir;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    /** What programs make of the value; Python is the judge of each encoding. */
    static Stream<String> forms() throws Exception {
        String script =
                """
                import base64, json, sys, urllib.parse
                v = sys.argv[1]; b = v.encode()
                print(v)
                for pre in (b'', b'u', b'us', b'user:'):
                    for post in (b'', b'x', b'xyz'):
                        print(base64.b64encode(pre + b + post).decode())
                        print(base64.urlsafe_b64encode(pre + b + post).decode())
                print(b.hex()); print(b.hex().upper())
                print(urllib.parse.quote(v)); print(urllib.parse.quote(v, safe=''))
                print(urllib.parse.urlencode({'k': v}))
                print(json.dumps(v)); print(json.dumps(v, ensure_ascii=False))
                """;
        Process python =
                new ProcessBuilder("python3", "-c", script, VALUE)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> lines = python.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(python.waitFor()).isZero();
        assertThat(lines).hasSize(32);
        return lines.stream();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyFormIsFoundInAFile(String form) throws IOException {
        byte[] noise = new byte[3 << 20];
        new Random(7).nextBytes(noise);
        byte[] planted = form.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(planted, 0, noise, (2 << 20) - planted.length / 2, planted.length);
        Files.write(dir.resolve("file"), noise);
        try (Needles needles = needles(VALUE)) {
            Proof proof = proof(needles);
            proof.tree("files", dir);
            assertThat(proof.hits()).as(said.toString(StandardCharsets.UTF_8)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
    void wideTextIsFound(String charset) throws IOException {
        Files.write(dir.resolve("file"), VALUE.getBytes(Charset.forName(charset)));
        try (Needles needles = needles(VALUE)) {
            Proof proof = proof(needles);
            proof.tree("files", dir);
            assertThat(proof.hits()).isEqualTo(1);
        }
    }

    @Test
    void noiseAndPlaceholdersAreNoHits() throws IOException {
        byte[] noise = new byte[16 << 20];
        new Random(3).nextBytes(noise);
        Files.write(dir.resolve("noise"), noise);
        Files.writeString(dir.resolve("other"), "ghp_0123456789abcdefghijABCDEFGHIJ012345");
        try (Needles needles = needles("ghp_0123456789abcdefghijABCDEFGHIJ012346")) {
            Proof proof = proof(needles);
            proof.tree("files", dir);
            assertThat(proof.hits()).isZero();
            assertThat(said.toString(StandardCharsets.UTF_8))
                    .contains("16 MiB in 2 files, nothing");
        }
    }

    @Test
    void aValueFarOutInASparseDiskIsFoundQuickly() throws IOException {
        Path disk = dir.resolve("disk");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(1L << 40);
            file.seek((1L << 39) + 4090);
            file.write(VALUE.getBytes(StandardCharsets.UTF_8));
        }
        try (Needles needles = needles(VALUE)) {
            Proof proof = proof(needles);
            proof.file("disk", disk);
            assertThat(proof.hits()).isEqualTo(1);
            assertThat(said.toString(StandardCharsets.UTF_8)).contains("at 0x8000000ffa");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aValueInGuestMemoryIsFound(boolean shared) throws IOException {
        long bytes = 70 * MIB; // no other test has so much
        byte[] value = VALUE.getBytes(StandardCharsets.UTF_8);
        try (GuestMemory memory =
                        shared
                                ? GuestMemory.allocate(bytes, false)
                                : GuestMemory.allocatePrivate(bytes);
                Needles needles = needles(VALUE)) {
            SandboxProcesses processes = SandboxProcesses.of(ProcessHandle.current());
            List<Source> sources = processes.memory(bytes);
            assertThat(hits(sources, needles)).isEmpty();
            MemorySegment.copy(
                    MemorySegment.ofArray(value),
                    0,
                    memory.slice(40 * MIB + 5, 100),
                    0,
                    value.length);
            assertThat(hits(sources, needles)).hasSize(1);
        }
    }

    @Test
    void halvesOnPagesFarApartAreFound() throws IOException {
        byte[] value = VALUE.getBytes(StandardCharsets.UTF_8);
        int half = value.length / 2;
        try (GuestMemory memory = GuestMemory.allocate(74 * MIB, false);
                Needles needles = needles(VALUE)) {
            MemorySegment from = MemorySegment.ofArray(value);
            MemorySegment.copy(from, 0, memory.slice(9 * 4096 - half, half), 0, half);
            MemorySegment.copy(
                    from, half, memory.slice(7 * 4096, 100), 0, (long) value.length - half);
            List<Source> sources = SandboxProcesses.of(ProcessHandle.current()).memory(74 * MIB);
            assertThat(hits(sources, needles)).isNotEmpty();
        }
    }

    @Test
    void shortValuesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> needles("12345"));
    }

    @Test
    void anEnvironmentAndACommandLineAreSearched() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "read x; : s3cr3t-in-sight").start();
        try (Needles needles = needles("s3cr3t-in-sight")) {
            SandboxProcesses processes = SandboxProcesses.of(process.toHandle());
            List<Source> sources = new ArrayList<>();
            processes.commandLines().forEach(file -> sources.add(Source.file(file)));
            assertThat(hits(sources, needles)).hasSize(1);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<Long> hits(List<Source> sources, Needles needles) {
        List<Long> hits = new ArrayList<>();
        Search search = new Search(needles.all());
        for (Source source : sources) {
            source.search(search, (at, needle, part) -> hits.add(at));
        }
        return hits;
    }

    private Proof proof(Needles needles) {
        return new Proof(needles, new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private static Needles needles(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try (SecretValue value = SecretValue.of(bytes)) {
            return Needles.of(value);
        }
    }
}
