"""The only door to SpiffWorkflow. `library` parses a bundle once; a `Run` is one living instance of a process.

What the library would do wrongly is done here, through its own extension points: live dates, collapsed cycles,
scalars that live outside the tokens, a task tree that stays small, a state without specifications.
"""
from engine.spiff.alarm import Alarm
from engine.spiff.away import Errand
from engine.spiff.back import back
from engine.spiff.fit import waiting
from engine.spiff.host import Host
from engine.spiff.intervention import put, remind, rename, targets, tokens
from engine.spiff.library import Library, library
from engine.spiff.node import Armed, Node, Open
from engine.spiff.run import Run
from engine.spiff.transfer import Carried, Hitch, Names, Spot, carry

__all__ = ['Alarm', 'Armed', 'Carried', 'Errand', 'Hitch', 'Host', 'Library', 'Names', 'Node', 'Open', 'Run', 'Spot',
           'back', 'carry', 'library', 'put', 'remind', 'rename', 'targets', 'tokens', 'waiting']
