package dev.jsbx.image.agent;

/**
 * The size of a terminal in characters.
 *
 * @param rows 0 (unknown) to 65535
 * @param columns likewise
 */
public record TerminalSize(int rows, int columns) {
    public TerminalSize {
        if (rows < 0 || rows > 0xffff || columns < 0 || columns > 0xffff) {
            throw new IllegalArgumentException("terminal of " + rows + " x " + columns);
        }
    }
}
