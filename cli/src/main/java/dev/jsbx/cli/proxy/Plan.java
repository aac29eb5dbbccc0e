package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretBinding.AwsCredential;
import dev.jsbx.cli.secret.SecretBinding.Basic;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Injection;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import dev.jsbx.cli.secret.SecretSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which secrets go where in one request: decided by what the request says, before any value is at
 * hand. The first secret that claims a header has it; one whose placeholder the guest sent comes
 * before the others.
 */
final class Plan {
    private static final String AUTHORIZATION = "authorization";
    private static final String BEARER = "bearer ";

    /** One place for a secret. */
    sealed interface Edit {
        /** The secret's name. */
        String secret();
    }

    /** A header of which the guest's own are dropped. */
    record SetHeader(String secret, String header, String template) implements Edit {}

    /** Basic credentials in place of whatever authorization there is. */
    record SetBasic(String secret, String user) implements Edit {}

    /** Basic credentials that hold a placeholder. */
    record InBasic(String secret, String header, String text, String placeholder) implements Edit {}

    /** A header that holds a placeholder. */
    record InHeader(String secret, String header, String placeholder) implements Edit {}

    /** A path or query that holds a placeholder. */
    record InTarget(String secret, String placeholder) implements Edit {}

    /** A body that may hold a placeholder. */
    record InBody(String secret, String placeholder) implements Edit {}

    private final RequestHead head;
    private final SecretSource source;
    private final Set<String> taken = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final List<Edit> edits = new ArrayList<>();
    private final Map<AwsCredential.Part, String> aws = new EnumMap<>(AwsCredential.Part.class);

    private Plan(RequestHead head, SecretSource source) {
        this.head = head;
        this.source = source;
    }

    /**
     * @param here the secrets that may go to this host
     * @throws Refused if a placeholder stands where its secret may not go
     */
    static Plan of(RequestHead head, List<SecretBinding> here, SecretSource source) throws Refused {
        Plan plan = new Plan(head, source);
        for (SecretBinding binding : here) {
            if (plan.sent(binding)) {
                plan.bind(binding);
            }
        }
        for (SecretBinding binding : here) {
            if (!plan.sent(binding)) {
                plan.bind(binding);
            }
        }
        plan.dropLeftovers(here);
        return plan;
    }

    List<Edit> edits() {
        return edits;
    }

    /** The secrets of AWS credentials that may go to this host. */
    Map<AwsCredential.Part, String> aws() {
        return aws;
    }

    /** The secrets that are put in, in order; the caller's. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Edit edit : edits) {
            if (!names.contains(edit.secret())) {
                names.add(edit.secret());
            }
        }
        return names;
    }

    private boolean sent(SecretBinding binding) {
        String placeholder = source.placeholder(binding.name());
        for (RequestHead.Field field : head.fields) {
            if (holds(field.value().toString(), placeholder)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(String value, String placeholder) {
        String basic = Words.basic(value);
        return value.contains(placeholder) || basic != null && basic.contains(placeholder);
    }

    private void bind(SecretBinding binding) {
        List<Header> headers = new ArrayList<>();
        Basic basic = null;
        for (Injection injection : binding.injections()) {
            switch (injection) {
                case Header header -> headers.add(header);
                case Basic each -> basic = each;
                case Replacement replacement -> replace(binding.name(), replacement);
                case AwsCredential each -> aws.putIfAbsent(each.part(), binding.name());
            }
        }
        if (basic != null && headers.isEmpty() && hasTokenOfItsOwn(binding.name())) {
            return;
        }
        if (basic != null && wantsBasic(basic, headers.isEmpty())) {
            String guest = Words.basic(head.value(AUTHORIZATION));
            String user = guest == null ? "" : guest.substring(0, Math.max(0, guest.indexOf(':')));
            take(AUTHORIZATION, new SetBasic(binding.name(), basic.user().orElse(user)));
        } else {
            for (Header header : headers) {
                take(
                        header.header(),
                        new SetHeader(binding.name(), header.header(), header.template()));
            }
        }
    }

    // A registry that was shown the password at its server of tokens takes the token, not that.
    private boolean hasTokenOfItsOwn(String secret) {
        String sent = head.value(AUTHORIZATION);
        return sent != null
                && sent.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && !sent.contains(source.placeholder(secret));
    }

    // Of several forms the one that the guest uses; git understands no other than Basic.
    private boolean wantsBasic(Basic basic, boolean only) {
        if (Words.basic(head.value(AUTHORIZATION)) != null) {
            return true;
        }
        boolean git =
                head.path().endsWith("/info/refs")
                        || head.path().endsWith("/git-upload-pack")
                        || head.path().endsWith("/git-receive-pack")
                        || head.path().contains("/info/lfs/");
        return basic.user().isPresent() && (only || git);
    }

    private void take(String header, Edit edit) {
        if (taken.add(header)) {
            edits.add(edit);
        }
    }

    // Several secrets may stand in one header, unless one has it for itself.
    private void share(String header, Edit edit) {
        boolean own =
                edits.stream()
                        .anyMatch(
                                each ->
                                        each instanceof SetHeader set
                                                        && set.header().equalsIgnoreCase(header)
                                                || each instanceof SetBasic
                                                        && header.equalsIgnoreCase(AUTHORIZATION));
        if (!own) {
            taken.add(header);
            edits.add(edit);
        }
    }

    private void replace(String secret, Replacement replacement) {
        String placeholder = source.placeholder(secret);
        for (RequestHead.Field field : head.fields) {
            String value = field.value().toString();
            String basic = Words.basic(value);
            if (value.contains(placeholder)) {
                share(field.name(), new InHeader(secret, field.name(), placeholder));
            } else if (basic != null && basic.contains(placeholder)) {
                take(field.name(), new InBasic(secret, field.name(), basic, placeholder));
            }
        }
        if (replacement.query() && head.target.toString().contains(placeholder)) {
            edits.add(new InTarget(secret, placeholder));
        }
        if (replacement.body() && head.framing != RequestHead.Framing.NONE) {
            edits.add(new InBody(secret, placeholder));
        }
    }

    // A placeholder is of no use to the server: it does not even see one.
    private void dropLeftovers(List<SecretBinding> here) throws Refused {
        for (SecretBinding binding : here) {
            String placeholder = source.placeholder(binding.name());
            boolean inTarget =
                    edits.stream()
                            .anyMatch(
                                    edit ->
                                            edit instanceof InTarget each
                                                    && each.placeholder().equals(placeholder));
            if (!inTarget
                    && !aws.containsValue(binding.name())
                    && Words.percentDecoded(head.target.toString()).contains(placeholder)) {
                throw new Refused(
                        Refusal.forbidden(
                                "the placeholder of "
                                        + binding.name()
                                        + " stands in its URL, where the secret may not go"));
            }
            head.fields.removeIf(
                    field ->
                            !taken.contains(field.name())
                                    && !aws.containsValue(binding.name())
                                    && holds(field.value().toString(), placeholder));
        }
    }
}
