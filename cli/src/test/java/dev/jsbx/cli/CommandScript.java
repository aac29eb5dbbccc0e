package dev.jsbx.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the command lines of a transcript in one process of its own, whose environment the test
 * chooses, and prints the transcript anew: {@code $ command}, what it said, {@code [exit code]}.
 */
final class CommandScript {
    private CommandScript() {}

    public static void main(String[] args) throws IOException {
        PrintStream stdout = System.out;
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            if (line.startsWith("#")) {
                stdout.println(line);
            } else if (line.startsWith("! ")) {
                write(Path.of(args[1]), line.substring(2).replace("\\n", "\n"));
                stdout.println(line);
            } else if (line.startsWith("$ ")) {
                stdout.println(line);
                ByteArrayOutputStream said = new ByteArrayOutputStream();
                System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
                System.setErr(System.out);
                int code = Jsbx.run(words(line.substring(2)));
                stdout.print(said.toString(StandardCharsets.UTF_8));
                stdout.println("[" + code + "]");
            }
        }
        stdout.flush();
    }

    // A file's only line; if it is one of several, its name stands first.
    private static void write(Path file, String line) throws IOException {
        if (Files.isDirectory(file)) {
            int space = line.indexOf(' ');
            Files.writeString(file.resolve(line.substring(0, space)), line.substring(space + 1));
        } else {
            Files.writeString(file, line);
        }
    }

    // Words between spaces; single quotes hold one together.
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        for (char c : (line + " ").toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
                any = true;
            } else if (c == ' ' && !quoted) {
                if (any || !word.isEmpty()) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
            }
        }
        return words.toArray(String[]::new);
    }
}
