"""Short sentences that people of the demonstration write besides their posts: terms, reasons, ways of learning."""

HOW_LEARNED = """
Sur le tas, avec un tuteur patient
En formation interne, puis par la pratique
Avec des tutoriels, le soir, à la maison
Grâce à un collègue parti depuis à la retraite
Par mes études, il y a longtemps
En me trompant beaucoup la première année
Dans une association
Dans un précédent emploi, hors de la maison
En remplaçant ma responsable pendant six mois
Lors du changement de machine, en 2019
En préparant un concours interne
Avec les notices et un bon café
En formant des saisonniers
Par nécessité : personne d’autre ne savait
Au cours d’une mission de trois mois au siège
En lisant, puis en osant
""".strip().splitlines()

LEARNS_BEST = """
En faisant moi-même, tout de suite
En regardant faire une première fois
Avec un exemple réel sous les yeux
Avec un peu de théorie d’abord
En prenant des notes, puis en essayant
Par petites séances
En expliquant à mon tour
Avec des schémas
En posant beaucoup de questions
Au calme, sans témoin
À deux, l’une guide, l’autre essaie
Avec un exercice à refaire chez moi
""".strip().splitlines()

METHODS = """
Par l’exemple, puis en pratiquant
Un cas réel apporté par la personne qui demande
Démonstration, puis essai accompagné
Questions d’abord, explications ensuite
Visite du poste de travail, puis retour au calme
Un peu de théorie, beaucoup de pratique
Relecture commune d’un document
Observation d’une demi-journée
""".strip().splitlines()

RHYTHMS = """
Une séance d’une heure et demie
Deux séances d’une heure à quinze jours d’intervalle
Une heure au téléphone, puis un point dix jours après
Une demi-journée sur place
Trois fois quarante-cinq minutes
Une heure, et l’on voit ensuite
""".strip().splitlines()

SUCCESSES = """
La personne refait la manipulation seule
Le document est prêt pour la réunion
Elle sait où chercher quand elle bloque
Un premier essai est fait dans la semaine
Les deux ont compris ce qui coinçait
Elle peut l’expliquer à un collègue
""".strip().splitlines()

MATERIALS = """
Un ordinateur portable
Ses propres fichiers, sans données personnelles
De quoi écrire
Chaussures de sécurité pour la visite
Rien de particulier
Un casque pour la visioconférence
""".strip().splitlines()

STOPS = """
Changement de poste, je n’ai plus le temps d’aller au bout.
Nos plannings ne se sont jamais croisés, on arrête là d’un commun accord.
Le besoin a disparu : l’application va être remplacée.
Finalement une formation est prévue sur ce sujet.
Longue absence, mieux vaut que vous trouviez quelqu’un d’autre.
Ce n’était pas ce que je cherchais, merci pour votre franchise.
La période de pointe est arrivée plus tôt que prévu.
""".strip().splitlines()

WITHDRAWALS = """
J’ai trouvé la réponse entre-temps, merci.
Mon planning change, je reviendrai vers vous.
Une collègue de mon site peut m’aider.
Le projet est reporté.
""".strip().splitlines()

UNMATCHED = """
Le besoin est plus avancé que ce qui est proposé.
Les horaires ne permettent pas de se voir avant l’été.
La demande porte en fait sur un autre outil.
Les deux personnes préfèrent en rester là, en bons termes.
""".strip().splitlines()

MISSED = """
Urgence au dépôt, il faut reprendre date.
Réunion imposée le même jour.
Panne de train.
""".strip().splitlines()

DENIALS = """
Nous en avons parlé, mais l’échange n’a finalement pas eu lieu.
C’était une réunion de service, pas un échange.
Je crois que c’est une erreur de personne.
""".strip().splitlines()

WAIVERS = """
Reprend après un long congé, l’offre viendra au printemps.
Mission de six mois : aucune offre possible d’ici là.
Accompagnée par l’animation pour trouver sa première offre.
Poste de nuit isolé, on cherche ensemble ce qui peut s’offrir.
""".strip().splitlines()

REPLIES = """
Merci, cela m’ira très bien.
Avec plaisir. Je vous propose des dates dès ce soir.
C’est noté, à bientôt.
Peu de bases, beaucoup d’envie, et un exemple à vous montrer.
Plutôt une visioconférence, si cela vous convient.
J’ai les bases, il me manque la pratique.
Parfait, je viendrai avec mon fichier.
Deux séances courtes me conviendraient mieux.
Aucune urgence, choisissez ce qui vous arrange.
Je peux me déplacer le mardi.
""".strip().splitlines()

ABOUT = """
J’aime montrer les choses plutôt que les expliquer.
Joignable de préférence le matin.
Vingt ans de maison, trois métiers, bientôt un quatrième.
Je travaille en équipe de nuit : écrivez, je réponds vers 6 h.
Ici depuis peu, et j’apprends vite.
À mi-temps sur deux sites, pratique pour se voir.
Bricolage, jardin et tableaux de bord.
Un café entre deux réunions, volontiers.
""".strip().splitlines()

ENGLISH_POSTS = {
    "offer": (
        "Small talk and polite e-mails in English",
        "Native speaker, happy to rehearse your next call with a foreign operator. Half an hour on the phone is enough.",
    ),
    "request": (
        "Writing a formal letter in French",
        "I speak French every day but I never learned to write it. Who would read one of my letters with me?",
    ),
}
