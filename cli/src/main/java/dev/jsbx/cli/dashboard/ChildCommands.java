package dev.jsbx.cli.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Each in a process of its own. */
final class ChildCommands implements Commands {
    private static final int FAILED = 125;

    private final Path jsbx;

    /**
     * @param jsbx the program
     */
    ChildCommands(Path jsbx) {
        this.jsbx = jsbx;
    }

    @Override
    public int onTerminal(List<String> words) throws InterruptedException {
        try {
            return new ProcessBuilder(line(words)).inheritIO().start().waitFor();
        } catch (IOException e) {
            System.err.println("jsbx: " + e.getMessage());
            return FAILED;
        }
    }

    @Override
    public void beside(List<String> words, Consumer<String> said) {
        Thread.ofPlatform().name("command").daemon().start(() -> said.accept(run(words)));
    }

    private String run(List<String> words) {
        try {
            Process process = new ProcessBuilder(line(words)).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String last = "";
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    last = line.isBlank() ? last : line;
                }
            }
            process.waitFor();
            return last;
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private List<String> line(List<String> words) {
        List<String> line = new ArrayList<>();
        line.add(jsbx.toString());
        line.addAll(words);
        return line;
    }
}
