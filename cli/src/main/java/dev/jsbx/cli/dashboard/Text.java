package dev.jsbx.cli.dashboard;

/** Text in cells of a fixed width. */
final class Text {
    private Text() {}

    /** Exactly so wide: cut with a mark, or filled up with blanks. */
    static String cell(String text, int width) {
        String plain = printable(text);
        if (plain.length() > width) {
            return width < 1 ? "" : plain.substring(0, width - 1) + "~";
        }
        return plain + " ".repeat(width - plain.length());
    }

    /** At most so wide. */
    static String cut(String text, int width) {
        return cell(text, width).stripTrailing();
    }

    // Names and paths may hold what a terminal would take for a command.
    private static String printable(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> plain.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return plain.toString();
    }
}
