package dev.jsbx.cli.acceptance;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The checks on the qemu engine, which runs on every host. */
class AcceptanceIT {
    private static final Path COMMAND =
            Path.of(System.getProperty("jsbx.command", "../jsbx")).toAbsolutePath().normalize();
    private static final String ENGINE = System.getProperty("jsbx.engine", "qemu");

    @TestFactory
    Stream<DynamicContainer> checks() {
        return AcceptanceMain.groups().entrySet().stream()
                .map(
                        group ->
                                DynamicContainer.dynamicContainer(
                                        group.getKey(), group.getValue().stream().map(this::test)));
    }

    private DynamicTest test(Check check) {
        return DynamicTest.dynamicTest(
                check.name(),
                () -> {
                    try {
                        make(check);
                    } catch (Exception | AssertionError e) {
                        System.out.println("once more, since it failed: " + check.name());
                        e.printStackTrace(System.out);
                        make(check);
                    }
                });
    }

    // An emulator executes the guests, and a busy one loses one now and then: what fails is tried
    // once more, and both tries are told.
    private static void make(Check check) throws Exception {
        try (JsbxProgram jsbx = new JsbxProgram(COMMAND, ENGINE)) {
            check.body().run(jsbx);
        }
    }
}
