package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers of this package against those of the C headers, where there is a compiler. */
class RequestTest {
    private static final Path HEADER = Path.of("/usr/include/linux/kvm.h");

    @TempDir Path dir;

    @Test
    void everyIoctlHasTheNumberOfTheHeader() throws Exception {
        Map<String, Long> ours =
                Stream.of(Request.values())
                        .collect(Collectors.toMap(Request::name, Request::number));
        assertThat(ours).isEqualTo(header(ours.keySet().stream()));
    }

    @Test
    void everyCapabilityHasTheNumberOfTheHeader() throws Exception {
        Map<String, Long> ours =
                Stream.of(Capability.values())
                        .collect(Collectors.toMap(Capability::name, c -> (long) c.number()));
        assertThat(ours).isEqualTo(header(ours.keySet().stream()));
    }

    private Map<String, Long> header(Stream<String> names) throws Exception {
        Assumptions.assumeTrue(Files.exists(HEADER), "no " + HEADER);
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "no C compiler");
        String prints =
                names.map(name -> "printf(\"" + name + " %ld\\n\", (long) " + name + ");\n")
                        .collect(Collectors.joining());
        Path source = dir.resolve("numbers.c");
        Files.writeString(
                source,
                "#include <linux/kvm.h>\n#include <stdio.h>\nint main(void) {" + prints + "}\n");
        Path program = dir.resolve("numbers");
        Process compile =
                new ProcessBuilder("/usr/bin/cc", "-o", program.toString(), source.toString())
                        .inheritIO()
                        .start();
        assertThat(compile.waitFor()).isZero();
        Process run = new ProcessBuilder(program.toString()).start();
        return run.inputReader()
                .lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(w -> w[0], w -> Long.parseLong(w[1])));
    }
}
