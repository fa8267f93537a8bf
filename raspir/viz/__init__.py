"""Pictures of programs: attention, layers, diagrams and the report, from one model of heads and one SVG writer."""
