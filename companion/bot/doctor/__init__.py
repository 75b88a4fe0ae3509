"""What ``companion doctor`` looks at: one module a subject, each with a function that returns findings."""
