package dev.jsbx.cli.acceptance;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What takes long: {@code mvn -pl cli -am verify -Dit.test=SoakIT -Djsbx.soak=true}. */
@EnabledIfSystemProperty(named = "jsbx.soak", matches = "true")
class SoakIT {
    private static final Path COMMAND =
            Path.of(System.getProperty("jsbx.command", "../jsbx")).toAbsolutePath().normalize();

    @TestFactory
    Stream<DynamicTest> sharedDirectory() {
        return SharedDirectorySoak.all().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), () -> make(check)));
    }

    @TestFactory
    Stream<DynamicTest> docker() {
        return DockerChecks.all().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), () -> make(check)));
    }

    private static void make(Check check) throws Exception {
        try (JsbxProgram jsbx = new JsbxProgram(COMMAND, "qemu")) {
            check.body().run(jsbx);
        }
    }
}
