"""What is done with a task besides submitting it: claimed, handed on, talked over, sent back, taken back.

Every act is one step: a plan to write, with its reason on the trail. What a diagram allows where is drawn there
(`engine.permit`); an act that is not drawn is refused, whoever asks.
"""
from engine.assignment.back import give_back, open_ways, ways_back
from engine.assignment.claim import claim, release
from engine.assignment.hand import delegate, hand_back, take_back, transfer
from engine.assignment.offer import Offer, offers, recallable
from engine.assignment.opinion import HOW, ask, opine, opinions, remove
from engine.assignment.recall import recall, refusal
from engine.assignment.seat import seat

__all__ = ['HOW', 'Offer', 'ask', 'claim', 'delegate', 'give_back', 'hand_back', 'offers', 'open_ways', 'opine', 'opinions',
           'recall', 'recallable', 'refusal', 'release', 'remove', 'seat', 'take_back', 'transfer', 'ways_back']
