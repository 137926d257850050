import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.semanticweb.HermiT.Configuration;
import org.semanticweb.HermiT.Reasoner;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLClass;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;

/**
 * Prints what keeps one ontology file out of OWL 2 DL and what HermiT finds wrong with its meaning.
 *
 * <p>Run as {@code java -cp HermiT.jar Profile.java FILE}; the jar holds the OWL API 3.4 as well.
 * Exit code 0: nothing found; 2: one line a finding; 1, Java's own: it could not run.
 */
public final class Profile {
    public static void main(String[] arguments) throws Exception {
        OWLOntology ontology =
                OWLManager.createOWLOntologyManager()
                        .loadOntologyFromOntologyDocument(new File(arguments[0]));
        List<String> findings = new ArrayList<>();
        violations(ontology, findings);
        // HermiT refuses to reason on some of what is outside OWL 2 DL.
        if (findings.isEmpty()) {
            contradictions(ontology, findings);
        }
        findings.forEach(System.out::println);
        System.out.printf("%d axioms, %d findings%n", ontology.getAxiomCount(), findings.size());
        System.exit(findings.isEmpty() ? 0 : 2);
    }

    private static void violations(OWLOntology ontology, List<String> findings) {
        for (OWLProfileViolation each : new OWL2DLProfile().checkOntology(ontology).getViolations()) {
            findings.add("profile: " + each);
        }
    }

    private static void contradictions(OWLOntology ontology, List<String> findings) {
        Configuration configuration = new Configuration();
        // EDTF dates and WKT are outside OWL 2's datatype map: HermiT cannot look inside them.
        configuration.ignoreUnsupportedDatatypes = true;
        Reasoner reasoner = new Reasoner(configuration, ontology);
        if (!reasoner.isConsistent()) {
            findings.add("inconsistent: no world fits all these axioms");
            return;
        }
        for (OWLClass each : reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()) {
            findings.add("unsatisfiable: " + each.toStringID());
        }
    }
}
