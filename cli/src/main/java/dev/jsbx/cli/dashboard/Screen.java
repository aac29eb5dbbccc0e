package dev.jsbx.cli.dashboard;

import java.util.List;

/** Where the dashboard is shown. */
interface Screen {
    /** Characters in a line. */
    int columns();

    /** Lines. */
    int rows();

    /** Shows these lines, the first at the top, each at most {@link #columns} long. */
    void show(List<String> lines, int marked);

    /** Gives the terminal back as it was, for somebody else to use. */
    void lend();

    /** Takes it again. */
    void takeBack();
}
