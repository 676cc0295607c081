"""What its rights mean, in docs/roles.md."""

MEANING = {
    "issue": "Issue to the wards of a town (a hub's station)",
    "manage_wards": "Add wards to a town, let them in by a code, shut them out, keep the areas",
}
