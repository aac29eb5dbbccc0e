package dev.jsbx.cli.proxy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A request's head, of whichever version of HTTP, without what belongs to one connection only (RFC
 * 9110 §7.6.1). The proxy changes it in place, and writes it anew: nothing that two readers could
 * understand differently is passed on. Belongs to one event loop.
 */
final class RequestHead implements AutoCloseable {
    /** How a body is delimited. */
    enum Framing {
        NONE,
        LENGTH,
        CHUNKED
    }

    /** A header. */
    record Field(String name, CharSequence value) {}

    final String method;
    final List<Field> fields = new ArrayList<>();

    /** Whom it names as its host, with the port if it says one. */
    String authority;

    /** Path and query; a {@link SecretText} once a secret stands in it. */
    CharSequence target;

    /** Whether it is of HTTP/1.0, for an answer without chunks. */
    boolean old;

    /** Whether the guest wants to be told to go on before it sends the body. */
    boolean expects;

    /** Whether it asks for a WebSocket. */
    boolean upgrade;

    /** Whether the connection is to end with it. */
    boolean closing;

    Framing framing = Framing.NONE;

    /** Bytes of the body, with {@link Framing#LENGTH}. */
    long length;

    RequestHead(String method, String authority, String target) {
        this.method = method;
        this.authority = authority;
        this.target = target;
    }

    /** The first value of a header; null if there is none. */
    String value(String name) {
        for (Field field : fields) {
            if (field.name.equalsIgnoreCase(name)) {
                return field.value.toString();
            }
        }
        return null;
    }

    boolean has(String name) {
        return fields.stream().anyMatch(field -> field.name.equalsIgnoreCase(name));
    }

    /** Removes all of a name. */
    void remove(String name) {
        for (Iterator<Field> each = fields.iterator(); each.hasNext(); ) {
            Field field = each.next();
            if (field.name.equalsIgnoreCase(name)) {
                close(field.value);
                each.remove();
            }
        }
    }

    /** Replaces all of a name by one; a secret is handed over. */
    void set(String name, CharSequence value) {
        remove(name);
        fields.add(new Field(name, value));
    }

    /** The path without the query, for the log; not to be asked once a secret is in it. */
    String path() {
        String text = target.toString();
        int query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query);
    }

    private static void close(CharSequence value) {
        if (value instanceof SecretText secret) {
            secret.close();
        }
    }

    /** Zeroes the secrets in it. */
    @Override
    public void close() {
        fields.forEach(field -> close(field.value));
        close(target);
    }
}
