"""Small ontologies in Turtle: one for each rule, for each contradiction, for what no rule covers.

Conclusions are told of described things only, so an example says something of each of its things.
"""

from __future__ import annotations

PREFIXES = """\
@prefix : <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# Of each rule of RDFS: what is said, and what must follow.
RDFS = {
    "rdfs2": (":p rdfs:domain :C . :x :p 1 .", ":x a :C ."),
    "rdfs3": (":p rdfs:range :C . :x :p :y . :y :q 1 .", ":y a :C ."),
    "rdfs5": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
    ),
    "rdfs7": (':p rdfs:subPropertyOf :q . :x :p "lieu"@fr .', ':x :q "lieu"@fr .'),
    "rdfs9": (":A rdfs:subClassOf :B . :x a :A .", ":x a :B ."),
    "rdfs11": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":A rdfs:subClassOf :C ."),
    "rdfs12": (":p a rdfs:ContainerMembershipProperty . :x :p :y .", ":x rdfs:member :y ."),
}

# The same of each rule of OWL 2 RL that concludes a triple.
OWL_RL = {
    "eq-sym": (":x owl:sameAs :y . :y :q 1 .", ":y owl:sameAs :x ."),
    "eq-trans": (":x owl:sameAs :y . :y owl:sameAs :z .", ":x owl:sameAs :z ."),
    "eq-rep-s": (":x owl:sameAs :y . :y :p 1 .", ":x :p 1 ."),
    "eq-rep-p": (":p owl:sameAs :q . :x :p 1 .", ":x :q 1 ."),
    "eq-rep-o": (":x owl:sameAs :y . :z :p :x .", ":z :p :y ."),
    "prp-dom": (":p rdfs:domain :C . :x :p 1 .", ":x a :C ."),
    "prp-rng": (":p rdfs:range :C . :x :p :y . :y :q 1 .", ":y a :C ."),
    "prp-fp": (":p a owl:FunctionalProperty . :x :p :y , :z . :y :q 1 .", ":y owl:sameAs :z ."),
    "prp-ifp": (
        ':p a owl:InverseFunctionalProperty . :x :p "one" . :y :p "one" ; :q :w .',
        ":x owl:sameAs :y ; :q :w . :y owl:sameAs :x .",
    ),
    "prp-symp": (":p a owl:SymmetricProperty . :x :p :y . :y :q 1 .", ":y :p :x ."),
    "prp-trp": (
        ":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d . :d :p :b .",
        ":a :p :c , :d . :b :p :b , :d . :c :p :b .",
    ),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :x :p 1.5 .", ":x :q 1.5 ."),
    "prp-spo2": (
        ":g owl:propertyChainAxiom (:p :q :p) . :a :p :b . :b :q :c . :c :p :d .",
        ":a :g :d .",
    ),
    "prp-inv1": (":p owl:inverseOf :q . :x :p :y . :y :r 1 .", ":y :q :x ."),
    "prp-inv2": (":p owl:inverseOf :q . :x :q :y . :y :r 1 .", ":y :p :x ."),
    "prp-key": (
        """:C owl:hasKey (:p :q) .
           :x a :C ; :p 1 ; :q 2 . :y a :C ; :p 1 ; :q 2 . :z a :C ; :p 1 ; :q 3 .""",
        ":x owl:sameAs :y .",
    ),
    "cls-int1": (
        """:A owl:equivalentClass
               [ owl:intersectionOf (:B :C [ owl:hasValue 1 ; owl:onProperty :p ]) ] .
           :x a :B , :C ; :p 1 . :y a :B , :C .""",
        ":x a :A .",
    ),
    "cls-svf1": (
        ":C owl:someValuesFrom :D ; owl:onProperty :p . :x :p :y . :y a :D .",
        ":x a :C .",
    ),
    "cls-svf2": (":C owl:someValuesFrom owl:Thing ; owl:onProperty :p . :x :p 1 .", ":x a :C ."),
    "cls-avf": (
        """:A rdfs:subClassOf [ owl:allValuesFrom :D ; owl:onProperty :p ] .
           :x a :A ; :p :y . :y :q 1 .""",
        ":y a :D .",
    ),
    "cls-hv1": (":C owl:hasValue 7 ; owl:onProperty :p . :x a :C .", ":x :p 7 ."),
    "cls-hv2": (":C owl:hasValue :v ; owl:onProperty :p . :x :p :v .", ":x a :C ."),
    "cls-maxc2": (
        """:C owl:maxCardinality 1 ; owl:onProperty :p .
           :x a :C ; :p :y , :z . :z :q :w . :y :r 1 .""",
        ":y owl:sameAs :z ; :q :w .",
    ),
    "cls-maxqc3": (
        """:C owl:maxQualifiedCardinality 1 ; owl:onProperty :p ; owl:onClass :D .
           :x a :C ; :p :y , :z , :v . :y a :D . :z a :D . :v :q :w .""",
        ":y owl:sameAs :z .",
    ),
    "cls-maxqc4": (
        """:C owl:onProperty :p ; owl:onClass owl:Thing ;
               owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger .
           :x a :C ; :p :y , :z . :y :q 1 .""",
        ":y owl:sameAs :z .",
    ),
    "cls-oo": (":C owl:oneOf (:x :y) . :x :q 1 . :y :q 1 .", ":x a :C . :y a :C ."),
    "cax-sco": (":A rdfs:subClassOf :B . :x a :A .", ":x a :B ."),
    "scm-cls": (
        """:D a owl:Class . :A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] .
           [ owl:onProperty :p ; owl:someValuesFrom :D ] rdfs:subClassOf :B .""",
        ":A rdfs:subClassOf :B .",
    ),
    "scm-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":A rdfs:subClassOf :C ."),
    "scm-eqc1": (
        ":A owl:equivalentClass :B . :B :q 1 .",
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .",
    ),
    "scm-eqc2": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .",
        ":A owl:equivalentClass :B . :B owl:equivalentClass :A .",
    ),
    "scm-op": (
        """:p a owl:ObjectProperty . :A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .
           [ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :B .""",
        ":A rdfs:subClassOf :B .",
    ),
    "scm-dp": (
        """:p a owl:DatatypeProperty . :A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue 1 ] .
           [ owl:onProperty :p ; owl:hasValue 1 ] rdfs:subClassOf :B .""",
        ":A rdfs:subClassOf :B .",
    ),
    "scm-spo": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
    ),
    "scm-eqp1": (
        ":p owl:equivalentProperty :q . :q :r 1 .",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
    ),
    "scm-eqp2": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
        ":p owl:equivalentProperty :q . :q owl:equivalentProperty :p .",
    ),
    "scm-dom1": (":p rdfs:domain :A . :A rdfs:subClassOf :B .", ":p rdfs:domain :B ."),
    "scm-dom2": (":q rdfs:domain :A . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :A ."),
    "scm-rng1": (":p rdfs:range :A . :A rdfs:subClassOf :B .", ":p rdfs:range :B ."),
    "scm-rng2": (":q rdfs:range :A . :p rdfs:subPropertyOf :q .", ":p rdfs:range :A ."),
    "scm-hv": (
        """:A owl:hasValue :v ; owl:onProperty :p . :B owl:hasValue :v ; owl:onProperty :q .
           :p rdfs:subPropertyOf :q .""",
        ":A rdfs:subClassOf :B .",
    ),
    "scm-svf1": (
        """:A owl:someValuesFrom :C ; owl:onProperty :p .
           :B owl:someValuesFrom :D ; owl:onProperty :p . :C rdfs:subClassOf :D .""",
        ":A rdfs:subClassOf :B .",
    ),
    "scm-svf2": (
        """:A owl:someValuesFrom :C ; owl:onProperty :p .
           :B owl:someValuesFrom :C ; owl:onProperty :q . :p rdfs:subPropertyOf :q .""",
        ":A rdfs:subClassOf :B .",
    ),
    "scm-avf1": (
        """:A owl:allValuesFrom :C ; owl:onProperty :p .
           :B owl:allValuesFrom :D ; owl:onProperty :p . :C rdfs:subClassOf :D .""",
        ":A rdfs:subClassOf :B .",
    ),
    "scm-avf2": (
        """:A owl:allValuesFrom :C ; owl:onProperty :p .
           :B owl:allValuesFrom :C ; owl:onProperty :q . :p rdfs:subPropertyOf :q .""",
        ":B rdfs:subClassOf :A .",
    ),
    "scm-int": (":C owl:intersectionOf (:A :B) .", ":C rdfs:subClassOf :A , :B ."),
    "scm-uni": (
        ":C owl:unionOf (:A :B) . :x a :B . :B :q 1 .",
        ":B rdfs:subClassOf :C . :x a :C .",
    ),
}
# Rules that the others make superfluous, and turns that several rules take together.
TOGETHER = {
    "cax-eqc": (":A owl:equivalentClass :B . :x a :A . :y a :B .", ":x a :B . :y a :A ."),
    "prp-eqp": (":p owl:equivalentProperty :q . :x :p 1 . :y :q 2 .", ":x :q 1 . :y :p 2 ."),
    "cls-int2": (":C owl:intersectionOf (:A :B) . :x a :C .", ":x a :A , :B ."),
    "cls-uni": (":C owl:unionOf (:A :B) . :x a :A .", ":x a :C ."),
    "an empty class is in each": (
        ":A rdfs:subClassOf owl:Nothing . :B a owl:Class .",
        ":A rdfs:subClassOf :B .",
    ),
    "some value is some thing": (
        """:D a owl:Class . :A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] .
           [ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :B .""",
        ":A rdfs:subClassOf :B .",
    ),
    "a fact that is an axiom": (
        ":kindOf rdfs:subPropertyOf rdfs:subClassOf . :A :kindOf :B . :x a :A .",
        ":A rdfs:subClassOf :B . :x a :B .",
    ),
    "a type that is an axiom": (
        """:Nested rdfs:subClassOf owl:TransitiveProperty . :p a :Nested .
           :x :p :y . :y :p :z .""",
        ":x :p :z .",
    ),
    "a type by another name": (
        ":is rdfs:subPropertyOf rdf:type . :x :is :A . :A rdfs:subClassOf :B .",
        ":x a :A , :B .",
    ),
    "classes that are the same": (
        ":A a owl:Class ; owl:sameAs :B . :B :q 1 . :x a :A .",
        ":x a :B . :A rdfs:subClassOf :B . :B owl:equivalentClass :A .",
    ),
    "a chain of conclusions": (
        """:p owl:inverseOf :q . :q rdfs:subPropertyOf :r . :r a owl:TransitiveProperty ;
               rdfs:domain [ owl:onProperty :s ; owl:hasValue :v ] .
           :s a owl:InverseFunctionalProperty . :w :s :v . :b :p :a . :c :q :b . :a :t 1 .""",
        ":c :r :b ; :s :v ; owl:sameAs :w , :a ; :t 1 . :w owl:sameAs :a ; :t 1 .",
    ),
}

# What may be said, and what must not be said then: :x is not what both make of it.
CLASHES = {
    "eq-diff1": (":x owl:differentFrom :y .", ":x owl:sameAs :y ."),
    "eq-diff2": ("[] a owl:AllDifferent ; owl:members (:x :y) .", ":x owl:sameAs :y ."),
    "eq-diff3": ("[] a owl:AllDifferent ; owl:distinctMembers (:x :y) .", ":y owl:sameAs :x ."),
    "prp-irp": (":p a owl:IrreflexiveProperty . :x :p :y .", ":x :p :x ."),
    "prp-asyp": (":p a owl:AsymmetricProperty . :x :p :y .", ":y :p :x ."),
    "prp-pdw": (":p owl:propertyDisjointWith :q . :x :p :y .", ":x :q :y ."),
    "prp-adp": (
        "[] a owl:AllDisjointProperties ; owl:members (:p :q) . :x :p :y .",
        ":x :q :y .",
    ),
    "prp-npa1": (
        """[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetIndividual :y .
           :x :p :z .""",
        ":x :p :y .",
    ),
    "prp-npa2": (
        """[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetValue 7 .
           :x :p 8 .""",
        ":x :p 7 .",
    ),
    "cls-nothing2": (":A rdfs:subClassOf owl:Nothing .", ":x a :A ."),
    "cls-com": (":A owl:complementOf :B . :x a :A .", ":x a :B ."),
    "cls-maxc1": (":A owl:maxCardinality 0 ; owl:onProperty :p . :x a :A .", ":x :p :y ."),
    "cls-maxqc1": (
        """:A owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass :B .
           :x a :A ; :p :y .""",
        ":y a :B .",
    ),
    "cls-maxqc2": (
        """:A owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass owl:Thing .
           :x a :A .""",
        ":x :p :y .",
    ),
    "cax-dw": (":A owl:disjointWith :B . :x a :A .", ":x a :B ."),
    "cax-adc": ("[] a owl:AllDisjointClasses ; owl:members (:A :B :C) . :x a :A .", ":x a :C ."),
    "dt-not-type": (":x :p 1 .", ':x :p "one"^^xsd:integer .'),
}
# In owlrl 7.6 a loop over the members of a list ends one too early.
MISSED_BY_OWLRL = {"eq-diff2", "eq-diff3", "prp-adp"}
# The same contradictions on longer ways: the rule that finds it, and what is said.
FARTHER = {
    "two values of a functional property": (
        "eq-diff1",
        ":p a owl:FunctionalProperty . :x :p 1 , 2 .",
    ),
    "two values where a class has one at most": (
        "eq-diff1",
        ':A owl:maxCardinality 1 ; owl:onProperty :p . :x a :A ; :p "un"@fr , "one"@en .',
    ),
    "different from itself": ("eq-diff1", ":x owl:differentFrom :x ."),
    "twice among different things": (
        "eq-diff2",
        "[] a owl:AllDifferent ; owl:members (:y :x :x) .",
    ),
    "the same by way of a third": (
        "eq-diff3",
        """[] a owl:AllDifferent ; owl:distinctMembers (:v :x :w :y) .
           :x owl:sameAs :z . :z owl:sameAs :y .""",
    ),
    "disjoint by domain and by a wider class": (
        "cax-dw",
        ":p rdfs:domain :A . :A owl:disjointWith :C . :B rdfs:subClassOf :C . :x a :B ; :p 1 .",
    ),
    "disjoint for who is the same": (
        "cax-adc",
        "[] a owl:AllDisjointClasses ; owl:members (:A :B) . :x a :A ; owl:sameAs :y . :y a :B .",
    ),
    "a class and all that it is not": (
        "cls-com",
        ":A rdfs:subClassOf [ owl:complementOf :A ] . :x a :A .",
    ),
    "a value outside the range of a wider property": (
        "dt-not-type",
        ":p rdfs:subPropertyOf :q . :q rdfs:range xsd:nonNegativeInteger . :x :p -1 .",
    ),
    "a value that its class does not allow": (
        "dt-not-type",
        ':A owl:allValuesFrom xsd:boolean ; owl:onProperty :p . :x a :A ; :p "yes" .',
    ),
}
# What looks like a contradiction and is none.
PEACEFUL = {
    "one value in two spellings": ":p a owl:FunctionalProperty . :x :p 1 , 1.0 .",
    "two dates of a datatype that nobody knows": (
        ':p a owl:FunctionalProperty . :x :p "2014"^^:edtf , "2014?"^^:edtf .'
    ),
    "two things that may be the same": ":p a owl:FunctionalProperty . :x :p :y , :z .",
    "a whole number under a decimal range": ":p rdfs:range xsd:decimal . :x :p 1 .",
    "a range that nobody knows": ":p rdfs:range :edtf . :x :p 1 .",
    "a different thing that is the same as a third": (
        "[] a owl:AllDifferent ; owl:members (:x :y) . :x owl:sameAs :z . :z :p 1 ."
    ),
    "an annotation": ":p a owl:AnnotationProperty , owl:IrreflexiveProperty . :x :p :x .",
}

# What the rules do not cover: the words for it, what is said, and what must follow all the same.
GAPS = {
    "an axiom about a property without a name": (
        ":p rdfs:subPropertyOf [ owl:inverseOf :q ] . :x :p :y . :y :r 1 .",
        ":y :q :x .",
    ),
    "an axiom about a term of RDF, RDFS or OWL": (
        "owl:Thing rdfs:subClassOf :A . :B a owl:Class . :x a :B .",
        ":x a :A .",
    ),
    "an axiom about an annotation property that other axioms lead to": (
        """:p rdfs:subPropertyOf :label . :label a owl:AnnotationProperty .
           :label owl:inverseOf :q . :x :p :y . :y :r 1 .""",
        ":x :label :y . :y :q :x .",
    ),
    "an intersection, a key or a chain of more than 16 members": (
        f":g owl:propertyChainAxiom ({':p ' * 17}) . :x :p :x .",
        ":x :g :x .",
    ),
    "owl:sameAs with a text or a number": (
        ":p a owl:FunctionalProperty . :x :p :y , 1 . :y :q 1 . :z :r 1 .",
        ":z :r :y .",
    ),
    "a text or a number under a restriction to things of a class": (
        ":A owl:someValuesFrom xsd:integer ; owl:onProperty :p . :x :p 1 .",
        ":x a :A .",
    ),
    "a text or a number as a member of a class that has a value": (
        """:p rdfs:range [ owl:hasValue :v ; owl:onProperty :q ] .
           :q a owl:InverseFunctionalProperty . :g owl:propertyChainAxiom (:p :q) . :x :p 1 .""",
        ":x :g :v .",
    ),
    "a text or a number as the value of a property that has an inverse": (
        ":p owl:inverseOf :q . :q rdfs:range :A . :x :p 1 .",
        ":x a :A .",
    ),
}
