package dev.jsbx.cli.dashboard;

/**
 * A key that was pressed.
 *
 * @param name what kind it is
 * @param letter if it is {@link Name#LETTER}
 */
record Key(Name name, char letter) {
    /** Those that mean something by themselves. */
    enum Name {
        UP,
        DOWN,
        ENTER,
        TAB,
        ESCAPE,
        INTERRUPT,
        LETTER,
        OTHER
    }

    static Key of(Name name) {
        return new Key(name, '\0');
    }

    boolean is(char wanted) {
        return name == Name.LETTER && letter == wanted;
    }
}
