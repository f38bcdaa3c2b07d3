// Each system takes most of a machine: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
