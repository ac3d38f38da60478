"""支部、党小组、科室、班子: the branch itself and how it is divided."""
