package dev.jsbx.cli.dashboard;

import java.util.List;

/** A list to look at, one of whose lines is chosen. */
interface Panel {
    /** What it shows, in a word. */
    String title();

    /** The keys that do something here. */
    String keys();

    /** Looks at what has changed. */
    void refresh();

    /** The line above the list. */
    String head(int columns);

    /** The lines of the list. */
    List<String> lines(int columns);

    /** More about the chosen one; empty if nothing is. */
    String detail();

    /** Chooses the line that is so many below the chosen one. */
    void move(int by);

    /** The index of the chosen line; -1 if there is none. */
    int chosen();
}
