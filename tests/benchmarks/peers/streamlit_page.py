"""The overview in Streamlit: a script run from the top at each choice, over what is kept."""

import streamlit as st
from view import ALL, LABELS, PLACE, TITLE, YEAR, choices, view

st.set_page_config(page_title=TITLE, layout="wide")
shown_once = st.cache_resource(view, show_spinner=False)

st.title(TITLE)
first, second = st.columns(2)
place = first.selectbox(LABELS[PLACE], choices(PLACE), format_func=lambda one: one or ALL[PLACE])
year = second.selectbox(LABELS[YEAR], choices(YEAR), format_func=lambda one: one or ALL[YEAR])
shown = shown_once(place, year)
for column, (label, value) in zip(st.columns(4), shown.tiles.items(), strict=True):
    column.metric(label, value)
for start in range(0, len(shown.figures), 2):
    for at, column in enumerate(st.columns(2)):
        if start + at < len(shown.figures):
            column.plotly_chart(shown.figures[start + at], theme=None, key=f"figure-{start + at}")
st.dataframe(shown.table, hide_index=True)
