"""Simulations: a draft tried on a virtual clock, in a database of its own in memory, by the engine's real verbs.

Nothing of it reaches the product's database. What people and the clock do is a list of acts; the same acts on the
same ground give the same run, so going back is beginning anew with fewer acts.
"""
from engine.simulation.act import Act
from engine.simulation.beside import Offer, offered
from engine.simulation.crew import Crew
from engine.simulation.ground import Ground, copied, demo
from engine.simulation.kept import kept
from engine.simulation.run import Happening, Simulation
from engine.simulation.state import State, state
from engine.simulation.story import story

__all__ = ['Act', 'Crew', 'Ground', 'Happening', 'Offer', 'Simulation', 'State', 'copied', 'demo', 'kept', 'offered',
           'state', 'story']
