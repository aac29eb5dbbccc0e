package dev.jsbx.cli.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.image.agent.ExecRequest;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandJsonTest {
    @Test
    void aCommandGoesThroughOneLine() throws IOException {
        ExecRequest command =
                ExecRequest.of("sh", "-c", "echo 'a\nb' \"c\" ä\u0001")
                        .withUser("root")
                        .withDirectory("/with space")
                        .withEnvironment(Map.of("A", "1=2\n", "B", ""));
        String line = CommandJson.write(command);
        assertThat(line).doesNotContain("\n");
        assertThat(CommandJson.read(line)).isEqualTo(command);
    }
}
