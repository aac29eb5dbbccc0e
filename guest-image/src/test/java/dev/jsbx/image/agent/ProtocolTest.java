package dev.jsbx.image.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProtocolTest {
    private static final Pattern DEFINE =
            Pattern.compile("^#define JSBX_(\\w+) (0x[0-9a-f]+|\\d+)\\b.*", Pattern.MULTILINE);

    @Test
    void constantsAreThoseOfTheHeader() throws Exception {
        Map<String, Integer> c = new TreeMap<>();
        Matcher matcher = DEFINE.matcher(Files.readString(Path.of("src/main/agent/protocol.h")));
        while (matcher.find()) {
            c.put(matcher.group(1), Integer.decode(matcher.group(2)));
        }
        Map<String, Integer> java = new TreeMap<>();
        for (Field field : Protocol.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                java.put(field.getName(), field.getInt(null));
            }
        }
        assertThat(java).isNotEmpty().isEqualTo(c);
    }
}
