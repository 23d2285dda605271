from segdb.dbt import segment


def model(dbt, session):
    return segment(dbt.ref("stg_orders"), settings={"cluster": {"k": 4}})
