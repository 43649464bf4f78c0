"""干预: what those whom the tenant names may do to running matters by hand, always with a reason, always on the trail."""
from engine.intervention.hand import Standing, alone, cancel, put, set_values, standing, stop
from engine.intervention.standstill import needs, resume, resume_process, suspend, suspend_process, suspended

__all__ = ['Standing', 'alone', 'cancel', 'needs', 'put', 'resume', 'resume_process', 'set_values', 'standing', 'stop',
           'suspend', 'suspend_process', 'suspended']
