"""From which cosine on two clips say the same: passages of the shared feed, which do not, and invented pairs, which do
or only sound like it. `python -m benchmarks.near_clips <database>` prints what `community/near_clips.py` says of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import select

from companion.archive.encoders import load_encoder
from companion.community.near_clips import NEARLY_ALIKE
from companion.storage import schema
from companion.storage.address import of_file
from companion.storage.engine import plain_connection
from companion.storage.episodes import Kind

SHORTEST = 40
"""Words of a passage that could be a clip."""

AS_HEARD_TWICE: Sequence[tuple[str, str]] = (
    (
        "The thing nobody tells you about a winter cluster is that the bees on the outside are not asleep. They hold on"
        " to each other, and every ten minutes or so one of them gives up her place and goes in to get warm, and"
        " another one comes out. Nobody gives an order. It just goes round, all winter long.",
        "Thing nobody tells you about the winter cluster is, the bees on the outside aren't asleep. They hold onto each"
        " other and every 10 minutes or so, one of them gives up her place, goes in to get warm and another one comes"
        " out. No one gives an order. It goes round all winter.",
    ),
    (
        "So we put a scale under the hive. And one day in June it loses three kilos in four minutes. I thought the"
        " scale was broken. It was the swarm leaving. Three kilos of bees walked out of the door, and I sat in a"
        " meeting and looked at a graph.",
        "We had put a scale under that hive, and one June day it lost three kilos in about four minutes. I thought, the"
        " scale's broken. But it was the swarm that left. Three kilos of bees out of the door while I sat in a meeting"
        " looking at a graph.",
    ),
    (
        "My grandfather never wore gloves. He said that if you need gloves you are moving too fast. And it took me"
        " twenty years to understand that he was not talking about bees at all.",
        "My grandfather, he never wore any gloves. He used to say, if you need gloves you're moving too fast. It took"
        " me about twenty years to see that he wasn't talking about the bees at all.",
    ),
    (
        "People ask what the smoke does. It does not calm them down. They think the forest is burning, so they fill"
        " their bellies with honey to carry it away, and a bee with a full belly cannot bend to sting you. That is the"
        " whole trick. It is a fire drill.",
        "Everybody asks me what smoke does. It doesn't calm them. They think that the forest burns, so they fill up on"
        " honey to carry off, and with a full belly a bee can't bend far enough to sting. That's the whole trick, it's"
        " a fire drill.",
    ),
    (
        "We lost eleven of our fourteen hives that spring. And the three that lived were the three that we had"
        " forgotten to treat. I am not saying that you should not treat. I am saying I stopped being sure that year.",
        "That spring eleven out of fourteen hives were gone. And the three which survived were the three we forgot to"
        " treat. I'm not saying don't treat them. I'm saying that's the year I stopped being sure.",
    ),
)
RETOLD: Sequence[tuple[str, str]] = (
    (
        "The thing nobody tells you about a winter cluster is that the bees on the outside are not asleep. They hold on"
        " to each other, and every ten minutes or so one of them gives up her place and goes in to get warm, and"
        " another one comes out. Nobody gives an order. It just goes round, all winter long.",
        "In the cold months the outer bees of the cluster stay awake. They cling together and take turns: after some"
        " minutes one moves to the middle, where it is warm, and one from there takes her place at the edge. There is"
        " no boss in that. It turns like a wheel until spring.",
    ),
    (
        "So we put a scale under the hive. And one day in June it loses three kilos in four minutes. I thought the"
        " scale was broken. It was the swarm leaving. Three kilos of bees walked out of the door, and I sat in a"
        " meeting and looked at a graph.",
        "I weigh my hives. Once, at the beginning of summer, the curve dropped by three kilos all of a sudden, and I"
        " blamed the device. In truth a swarm had taken off, three kilos of them, and I watched it as a line on my"
        " screen from the office.",
    ),
    (
        "People ask what the smoke does. It does not calm them down. They think the forest is burning, so they fill"
        " their bellies with honey to carry it away, and a bee with a full belly cannot bend to sting you. That is the"
        " whole trick. It is a fire drill.",
        "Smoke is no sedative. What happens is that the bees believe in a wildfire and gorge on their stores so as to"
        " flee with them. Stuffed like that they find it hard to curl up and use the sting. You stage an evacuation,"
        " that's all you do with a smoker.",
    ),
    (
        "We lost eleven of our fourteen hives that spring. And the three that lived were the three that we had"
        " forgotten to treat. I am not saying that you should not treat. I am saying I stopped being sure that year.",
        "There was a year when nearly all our colonies died, eleven of them, and only those that had been left without"
        " any treatment, by mistake, made it, all three. I draw no rule from that, but I have doubted ever since.",
    ),
    (
        "My grandfather never wore gloves. He said that if you need gloves you are moving too fast. And it took me"
        " twenty years to understand that he was not talking about bees at all.",
        "Grandpa worked his bees with bare hands. Whoever has to put gloves on is in too much of a hurry, he told us."
        " Only decades later did I see that this was about life and not about beekeeping.",
    ),
)
OF_THE_SAME_THING: Sequence[tuple[str, str]] = (
    (
        "The bees on the outside of a winter cluster are not asleep. They hold on to each other, and every ten minutes"
        " or so one of them gives up her place and goes in to get warm, and another one comes out.",
        "A winter cluster eats about two kilos of honey a month, and most of it in February, when the queen begins to"
        " lay again. So the hive that starves does not starve in the cold. It starves when the first warm days come.",
    ),
    (
        "So we put a scale under the hive. And one day in June it loses three kilos in four minutes. It was the swarm"
        " leaving. Three kilos of bees walked out of the door.",
        "A scale under the hive tells you when the lime trees flower, better than any calendar. It goes up by a kilo a"
        " day, and then from one day to the next it stands still, and you know that you can harvest.",
    ),
    (
        "The smoke does not calm them down. They think the forest is burning, so they fill their bellies with honey to"
        " carry it away, and a bee with a full belly cannot bend to sting you.",
        "I have given up the smoke. I use a bottle with water and a little sugar. They think that it rains, they go in,"
        " and they lick each other clean. It takes longer, and nobody coughs.",
    ),
    (
        "We lost eleven of our fourteen hives that spring. And the three that lived were the three that we had"
        " forgotten to treat.",
        "We treat in July, straight after the harvest, and again in December with acid, when there is no brood. Since"
        " we do both we have lost one hive in nine years, and that one to a falling tree.",
    ),
    (
        "My grandfather never wore gloves. He said that if you need gloves you are moving too fast.",
        "I tell every beginner to wear gloves, thick ones, for one year. Not because of the stings. A beginner who is"
        " afraid drops the frame, and a dropped frame is the end of a lesson.",
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Prints the cosines."""
    encoder = load_encoder(None)
    for name, pairs in (
        ("heard twice", AS_HEARD_TWICE),
        ("told again in other words", RETOLD),
        ("about the same thing", OF_THE_SAME_THING),
    ):
        left, right = (encoder.encode([pair[side] for pair in pairs]) for side in (0, 1))
        print(f"{name}: {' '.join(f'{value:.3f}' for value in np.sort((left * right).sum(axis=1)))}")
    for path in arguments:
        columns = schema.passages.c
        with plain_connection(of_file(Path(path))) as connection:
            texts = connection.execute(select(columns.text).where(columns.kind == Kind.SPEECH.value)).scalars().all()
        texts = [text for text in dict.fromkeys(texts) if len(text.split()) >= SHORTEST]
        vectors = encoder.encode(texts)
        cosines = np.sort((vectors @ vectors.T)[np.triu_indices(len(texts), 1)])
        shares = ", ".join(f"{quantile}: {np.quantile(cosines, quantile):.3f}" for quantile in (0.5, 0.99, 0.9999))
        print(f"{path}: {len(texts)} passages, {len(cosines)} pairs; {shares}; the nearest {cosines[-1]:.3f};", end=" ")
        print(f"{(cosines >= NEARLY_ALIKE).sum()} from {NEARLY_ALIKE} on")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
