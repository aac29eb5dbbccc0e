package dev.jsbx.cli;

import dev.jsbx.cli.sandbox.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The words after an agent's name: {@code [PATH…] [--] [ARG…]}. Directories come first and are
 * shared; from the first word on that is none, all is the agent's own.
 *
 * @param workspaces those that were named; the first is where the agent starts
 * @param arguments the agent's
 */
record AgentWords(List<Workspace> workspaces, List<String> arguments) {
    private static final String END = "--";

    /**
     * @param words after the agent's name
     * @throws Failure if a word looks like a directory and is none
     */
    static AgentWords parse(List<String> words) {
        List<Workspace> workspaces = new ArrayList<>();
        int i = 0;
        while (i < words.size() && !words.get(i).startsWith("-")) {
            String word = words.get(i);
            if (isDirectory(word)) {
                workspaces.add(Workspace.parse(word));
                i++;
            } else if (looksLikePath(word)) {
                throw Failure.usage(
                        "there is no directory "
                                + word
                                + " to share: make it, or put -- before what is for the agent");
            } else {
                break;
            }
        }
        if (i < words.size() && words.get(i).equals(END)) {
            i++;
        }
        return new AgentWords(workspaces, words.subList(i, words.size()));
    }

    private static boolean isDirectory(String word) {
        return Files.isDirectory(Path.of(withoutMode(word)));
    }

    // A prompt has blanks, a subcommand no slash.
    private static boolean looksLikePath(String word) {
        return !word.contains(" ")
                && (word.startsWith("/") || word.startsWith("./") || word.startsWith("../"));
    }

    private static String withoutMode(String word) {
        return word.endsWith(":ro") || word.endsWith(":rw")
                ? word.substring(0, word.length() - 3)
                : word;
    }
}
